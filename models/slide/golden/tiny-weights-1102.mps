NAME slide
ROWS
 N  negated
 L  c_u_S2_bandwidth_
COLUMNS
     x(0_1) negated -2.7895456829875855
     x(0_1) c_u_S2_bandwidth_ 0.049847159206233088
     x(1_1) negated -8
     x(1_1) c_u_S2_bandwidth_ 0.047708929186742542
     x(2_1) negated -6
     x(2_1) c_u_S2_bandwidth_ 0.054591993417888271
     x(3_1) negated -3.6468411903530784
     x(3_1) c_u_S2_bandwidth_ 0.067624394042486616
RHS
     RHS c_u_S2_bandwidth_ 1
BOUNDS
 BV BOUND x(0_1)
 BV BOUND x(1_1)
 BV BOUND x(2_1)
 BV BOUND x(3_1)
ENDATA
