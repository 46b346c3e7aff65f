NAME slide
ROWS
 N  negated
 L  c_u_S2_bandwidth_
COLUMNS
     x(0_0) negated -1
     x(0_0) c_u_S2_bandwidth_ 20
     x(1_0) negated -1
     x(1_0) c_u_S2_bandwidth_ 8
     x(2_0) negated -1
     x(2_0) c_u_S2_bandwidth_ 8
RHS
     RHS c_u_S2_bandwidth_ 30
BOUNDS
 BV BOUND x(0_0)
 BV BOUND x(1_0)
 BV BOUND x(2_0)
ENDATA
