NAME slide
ROWS
 N  negated
 L  c_u_S2_bandwidth_
COLUMNS
     x(0_1) negated -1
     x(0_1) c_u_S2_bandwidth_ 0.19986290812620494
     x(1_1) negated -1
     x(1_1) c_u_S2_bandwidth_ 0.47162468069509411
     x(2_1) negated -1
     x(2_1) c_u_S2_bandwidth_ 0.21925711138021506
     x(3_1) negated -1
     x(3_1) c_u_S2_bandwidth_ 0.13718210612273657
     x(4_1) negated -1
     x(4_1) c_u_S2_bandwidth_ 0.16102273039685014
RHS
     RHS c_u_S2_bandwidth_ 1
BOUNDS
 BV BOUND x(0_1)
 BV BOUND x(1_1)
 BV BOUND x(2_1)
 BV BOUND x(3_1)
 BV BOUND x(4_1)
ENDATA
