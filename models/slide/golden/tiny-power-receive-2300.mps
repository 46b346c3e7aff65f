NAME slide
ROWS
 N  negated
 L  c_u_S2_bandwidth_
COLUMNS
     x(0_2) negated -1
     x(0_2) c_u_S2_bandwidth_ 0.25111723822393672
     x(1_0) negated -1
     x(1_0) c_u_S2_bandwidth_ 0.34605618410794231
RHS
     RHS c_u_S2_bandwidth_ 1
BOUNDS
 BV BOUND x(0_2)
 BV BOUND x(1_0)
ENDATA
