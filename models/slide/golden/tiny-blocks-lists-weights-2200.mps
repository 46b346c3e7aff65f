NAME slide
ROWS
 N  negated
 L  c_u_S2_bandwidth_
COLUMNS
     x(1_0) negated -5
     x(1_0) c_u_S2_bandwidth_ 8
     x(2_0) negated -6
     x(2_0) c_u_S2_bandwidth_ 9
RHS
     RHS c_u_S2_bandwidth_ 24
BOUNDS
 BV BOUND x(1_0)
 BV BOUND x(2_0)
ENDATA
