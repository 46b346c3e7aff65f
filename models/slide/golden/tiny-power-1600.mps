NAME slide
ROWS
 N  negated
 L  c_u_S2_bandwidth_
COLUMNS
     x(0_1) negated -1
     x(0_1) c_u_S2_bandwidth_ 0.14174447971953374
     x(1_1) negated -1
     x(1_1) c_u_S2_bandwidth_ 0.26096392718180933
     x(2_1) negated -1
     x(2_1) c_u_S2_bandwidth_ 0.061090472609491832
     x(3_1) negated -1
     x(3_1) c_u_S2_bandwidth_ 0.076430260486546553
     x(4_1) negated -1
     x(4_1) c_u_S2_bandwidth_ 0.12037511398746265
RHS
     RHS c_u_S2_bandwidth_ 1
BOUNDS
 BV BOUND x(0_1)
 BV BOUND x(1_1)
 BV BOUND x(2_1)
 BV BOUND x(3_1)
 BV BOUND x(4_1)
ENDATA
