NAME slide
ROWS
 N  negated
 L  c_u_S2_bandwidth_
COLUMNS
     x(2_0) negated -1
     x(2_0) c_u_S2_bandwidth_ 0.42389745304715487
     x(4_0) negated -1
     x(4_0) c_u_S2_bandwidth_ 0.73006428376374677
RHS
     RHS c_u_S2_bandwidth_ 1
BOUNDS
 BV BOUND x(2_0)
 BV BOUND x(4_0)
ENDATA
