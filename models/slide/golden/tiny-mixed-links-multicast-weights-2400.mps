NAME slide
ROWS
 N  negated
 L  c_u_M1_steps(1_1)_
 L  c_u_M1_steps(2_1)_
 L  c_u_M1_steps(2_2)_
 L  c_u_M1_steps(3_1)_
 L  c_u_M1_steps(3_2)_
 L  c_u_M1_steps(3_3)_
 L  c_u_M1_steps(4_1)_
 L  c_u_M1_steps(4_2)_
 L  c_u_M1_steps(4_3)_
 L  c_u_M2_one_transmission(0)_
 L  c_u_M3_reach(0)_
 L  c_u_M3_reach(2)_
 L  c_u_M3_reach(3)_
 L  c_u_M3_reach(4)_
 L  c_u_M3_reach(5)_
 L  c_u_M4_bandwidth_
COLUMNS
     y(0_0) c_u_M2_one_transmission(0)_ 1
     y(0_0) c_u_M3_reach(3)_ -1
     y(0_0) c_u_M4_bandwidth_ 0.4027712211995404
     y(1_0) c_u_M1_steps(1_1)_ -1
     y(1_0) c_u_M2_one_transmission(0)_ 1
     y(1_0) c_u_M3_reach(2)_ -1
     y(1_0) c_u_M4_bandwidth_ 0.077815922896081288
     y(1_1) c_u_M1_steps(1_1)_ 1
     y(1_1) c_u_M3_reach(3)_ -1
     y(1_1) c_u_M4_bandwidth_ 0.35167214335926134
     y(2_0) c_u_M1_steps(2_1)_ -1
     y(2_0) c_u_M2_one_transmission(0)_ 1
     y(2_0) c_u_M3_reach(2)_ -1
     y(2_0) c_u_M4_bandwidth_ 0.096518883375307757
     y(2_1) c_u_M1_steps(2_1)_ 1
     y(2_1) c_u_M1_steps(2_2)_ -1
     y(2_1) c_u_M3_reach(5)_ -1
     y(2_1) c_u_M4_bandwidth_ 0.30423231242897908
     y(2_2) c_u_M1_steps(2_2)_ 1
     y(2_2) c_u_M3_reach(3)_ -1
     y(2_2) c_u_M4_bandwidth_ 0.11251220354662882
     y(3_0) c_u_M1_steps(3_1)_ -1
     y(3_0) c_u_M2_one_transmission(0)_ 1
     y(3_0) c_u_M3_reach(2)_ -1
     y(3_0) c_u_M4_bandwidth_ 0.10260673955186478
     y(3_1) c_u_M1_steps(3_1)_ 1
     y(3_1) c_u_M1_steps(3_2)_ -1
     y(3_1) c_u_M3_reach(4)_ -1
     y(3_1) c_u_M4_bandwidth_ 0.00092427697168892921
     y(3_2) c_u_M1_steps(3_2)_ 1
     y(3_2) c_u_M1_steps(3_3)_ -1
     y(3_2) c_u_M3_reach(5)_ -1
     y(3_2) c_u_M4_bandwidth_ 0.31791449966784907
     y(3_3) c_u_M1_steps(3_3)_ 1
     y(3_3) c_u_M3_reach(3)_ -1
     y(3_3) c_u_M4_bandwidth_ 0.11832220140073743
     y(4_0) c_u_M1_steps(4_1)_ -1
     y(4_0) c_u_M2_one_transmission(0)_ 1
     y(4_0) c_u_M3_reach(2)_ -1
     y(4_0) c_u_M4_bandwidth_ 0.22706357692667073
     y(4_1) c_u_M1_steps(4_1)_ 1
     y(4_1) c_u_M1_steps(4_2)_ -1
     y(4_1) c_u_M3_reach(4)_ -1
     y(4_1) c_u_M4_bandwidth_ 0.0024597543007948272
     y(4_2) c_u_M1_steps(4_2)_ 1
     y(4_2) c_u_M1_steps(4_3)_ -1
     y(4_2) c_u_M3_reach(0)_ -1
     y(4_2) c_u_M4_bandwidth_ 0.10166002202174525
     y(4_3) c_u_M1_steps(4_3)_ 1
     y(4_3) c_u_M3_reach(5)_ -1
     y(4_3) c_u_M4_bandwidth_ 0.47002083228693398
     x(0) negated -4.372235180224024
     x(0) c_u_M3_reach(0)_ 1
     x(2) negated -8.2343418649584468
     x(2) c_u_M3_reach(2)_ 1
     x(3) negated -2.2424628698623255
     x(3) c_u_M3_reach(3)_ 1
     x(4) negated -5.8503559294549108
     x(4) c_u_M3_reach(4)_ 1
     x(5) negated -5
     x(5) c_u_M3_reach(5)_ 1
RHS
     RHS c_u_M1_steps(1_1)_ 0
     RHS c_u_M1_steps(2_1)_ 0
     RHS c_u_M1_steps(2_2)_ 0
     RHS c_u_M1_steps(3_1)_ 0
     RHS c_u_M1_steps(3_2)_ 0
     RHS c_u_M1_steps(3_3)_ 0
     RHS c_u_M1_steps(4_1)_ 0
     RHS c_u_M1_steps(4_2)_ 0
     RHS c_u_M1_steps(4_3)_ 0
     RHS c_u_M2_one_transmission(0)_ 1
     RHS c_u_M3_reach(0)_ 0
     RHS c_u_M3_reach(2)_ 0
     RHS c_u_M3_reach(3)_ 0
     RHS c_u_M3_reach(4)_ 0
     RHS c_u_M3_reach(5)_ 0
     RHS c_u_M4_bandwidth_ 1
BOUNDS
 BV BOUND y(0_0)
 BV BOUND y(1_0)
 BV BOUND y(1_1)
 BV BOUND y(2_0)
 BV BOUND y(2_1)
 BV BOUND y(2_2)
 BV BOUND y(3_0)
 BV BOUND y(3_1)
 BV BOUND y(3_2)
 BV BOUND y(3_3)
 BV BOUND y(4_0)
 BV BOUND y(4_1)
 BV BOUND y(4_2)
 BV BOUND y(4_3)
 LO BOUND x(0) 0
 UP BOUND x(0) 1
 LO BOUND x(2) 0
 UP BOUND x(2) 1
 LO BOUND x(3) 0
 UP BOUND x(3) 1
 LO BOUND x(4) 0
 UP BOUND x(4) 1
 LO BOUND x(5) 0
 UP BOUND x(5) 1
ENDATA
