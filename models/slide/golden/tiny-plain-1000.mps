NAME slide
ROWS
 N  negated
 L  c_u_S2_bandwidth_
COLUMNS
     x(0_1) negated -1
     x(0_1) c_u_S2_bandwidth_ 0.86023239729415413
     x(2_1) negated -1
     x(2_1) c_u_S2_bandwidth_ 0.56123938788407624
RHS
     RHS c_u_S2_bandwidth_ 1
BOUNDS
 BV BOUND x(0_1)
 BV BOUND x(2_1)
ENDATA
