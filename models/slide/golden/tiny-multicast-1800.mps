NAME slide
ROWS
 N  negated
 L  c_u_M1_steps(1_1)_
 L  c_u_M2_one_transmission(0)_
 L  c_u_M2_one_transmission(1)_
 L  c_u_M3_reach(0)_
 L  c_u_M3_reach(1)_
 L  c_u_M4_bandwidth_
COLUMNS
     y(0_0) c_u_M2_one_transmission(0)_ 1
     y(0_0) c_u_M3_reach(1)_ -1
     y(0_0) c_u_M4_bandwidth_ 0.6748479910905506
     y(1_0) c_u_M1_steps(1_1)_ -1
     y(1_0) c_u_M2_one_transmission(0)_ 1
     y(1_0) c_u_M3_reach(1)_ -1
     y(1_0) c_u_M4_bandwidth_ 0.95340940899832327
     y(1_1) c_u_M1_steps(1_1)_ 1
     y(1_1) c_u_M3_reach(0)_ -1
     y(1_1) c_u_M4_bandwidth_ 0.0088020191522096523
     y(2_0) c_u_M2_one_transmission(1)_ 1
     y(2_0) c_u_M3_reach(1)_ -1
     y(2_0) c_u_M4_bandwidth_ 0.92123885368053515
     x(0) negated -1
     x(0) c_u_M3_reach(0)_ 1
     x(1) negated -1
     x(1) c_u_M3_reach(1)_ 1
RHS
     RHS c_u_M1_steps(1_1)_ 0
     RHS c_u_M2_one_transmission(0)_ 1
     RHS c_u_M2_one_transmission(1)_ 1
     RHS c_u_M3_reach(0)_ 0
     RHS c_u_M3_reach(1)_ 0
     RHS c_u_M4_bandwidth_ 1
BOUNDS
 BV BOUND y(0_0)
 BV BOUND y(1_0)
 BV BOUND y(1_1)
 BV BOUND y(2_0)
 LO BOUND x(0) 0
 UP BOUND x(0) 1
 LO BOUND x(1) 0
 UP BOUND x(1) 1
ENDATA
