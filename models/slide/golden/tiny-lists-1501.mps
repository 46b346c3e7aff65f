NAME slide
ROWS
 N  negated
 L  c_u_S2_bandwidth_
COLUMNS
     x(0_0) negated -1
     x(0_0) c_u_S2_bandwidth_ 0.25186592718184481
     x(1_1) negated -1
     x(1_1) c_u_S2_bandwidth_ 0.28710956658809356
     x(2_1) negated -1
     x(2_1) c_u_S2_bandwidth_ 0.17827529235132625
     x(3_1) negated -1
     x(3_1) c_u_S2_bandwidth_ 0.15487407005391965
     x(4_1) negated -1
     x(4_1) c_u_S2_bandwidth_ 0.14548953210024057
RHS
     RHS c_u_S2_bandwidth_ 1
BOUNDS
 BV BOUND x(0_0)
 BV BOUND x(1_1)
 BV BOUND x(2_1)
 BV BOUND x(3_1)
 BV BOUND x(4_1)
ENDATA
