NAME slide
ROWS
 N  negated
 L  c_u_S2_bandwidth_
COLUMNS
     x(0_0) negated -1
     x(0_0) c_u_S2_bandwidth_ 0.58066456056669069
     x(1_0) negated -1
     x(1_0) c_u_S2_bandwidth_ 0.3848830184613411
     x(2_0) negated -1
     x(2_0) c_u_S2_bandwidth_ 0.63958394123390216
     x(3_0) negated -1
     x(3_0) c_u_S2_bandwidth_ 0.35007477553984656
RHS
     RHS c_u_S2_bandwidth_ 1
BOUNDS
 BV BOUND x(0_0)
 BV BOUND x(1_0)
 BV BOUND x(2_0)
 BV BOUND x(3_0)
ENDATA
