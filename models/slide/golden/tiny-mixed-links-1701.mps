NAME slide
ROWS
 N  negated
 L  c_u_S2_bandwidth_
COLUMNS
     x(0_0) negated -1
     x(0_0) c_u_S2_bandwidth_ 0.46356864878137982
     x(1_0) negated -1
     x(1_0) c_u_S2_bandwidth_ 0.43653614506344196
     x(2_0) negated -1
     x(2_0) c_u_S2_bandwidth_ 0.88516879761969147
RHS
     RHS c_u_S2_bandwidth_ 1
BOUNDS
 BV BOUND x(0_0)
 BV BOUND x(1_0)
 BV BOUND x(2_0)
ENDATA
