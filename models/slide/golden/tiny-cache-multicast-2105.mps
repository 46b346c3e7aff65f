NAME slide
ROWS
 N  negated
 L  c_u_M1_steps(1_1)_
 L  c_u_M1_steps(2_1)_
 L  c_u_M1_steps(4_1)_
 L  c_u_M1_steps(5_1)_
 L  c_u_M1_steps(5_2)_
 L  c_u_M1_steps(6_1)_
 L  c_u_M1_steps(6_2)_
 L  c_u_M1_steps(6_3)_
 L  c_u_M1_steps(7_1)_
 L  c_u_M1_steps(7_2)_
 L  c_u_M1_steps(7_3)_
 L  c_u_M1_steps(9_1)_
 L  c_u_M1_steps(10_1)_
 L  c_u_M1_steps(10_2)_
 L  c_u_M1_steps(11_1)_
 L  c_u_M1_steps(11_2)_
 L  c_u_M2_one_transmission(0)_
 L  c_u_M2_one_transmission(1)_
 L  c_u_M2_one_transmission(2)_
 L  c_u_M3_reach(0)_
 L  c_u_M3_reach(1)_
 L  c_u_M3_reach(2)_
 L  c_u_M3_reach(3)_
 L  c_u_M3_reach(4)_
 L  c_u_M4_bandwidth_
 L  c_u_M5_open(0)_
 L  c_u_M5_open(1)_
 L  c_u_M5_open(2)_
 L  c_u_M6_cache_
COLUMNS
     y(0_0) c_u_M2_one_transmission(0)_ 1
     y(0_0) c_u_M3_reach(2)_ -1
     y(0_0) c_u_M4_bandwidth_ 0.77477874746298914
     y(0_0) c_u_M5_open(0)_ 1
     y(1_0) c_u_M1_steps(1_1)_ -1
     y(1_0) c_u_M2_one_transmission(0)_ 1
     y(1_0) c_u_M3_reach(0)_ -1
     y(1_0) c_u_M4_bandwidth_ 0.61885122537012394
     y(1_0) c_u_M5_open(0)_ 1
     y(1_1) c_u_M1_steps(1_1)_ 1
     y(1_1) c_u_M3_reach(2)_ -1
     y(1_1) c_u_M4_bandwidth_ 0.23167545269833284
     y(2_0) c_u_M1_steps(2_1)_ -1
     y(2_0) c_u_M2_one_transmission(0)_ 1
     y(2_0) c_u_M3_reach(1)_ -1
     y(2_0) c_u_M4_bandwidth_ 0.90596515106708586
     y(2_0) c_u_M5_open(0)_ 1
     y(2_1) c_u_M1_steps(2_1)_ 1
     y(2_1) c_u_M3_reach(0)_ -1
     y(2_1) c_u_M4_bandwidth_ 0.0023683268684429764
     y(3_0) c_u_M2_one_transmission(1)_ 1
     y(3_0) c_u_M3_reach(3)_ -1
     y(3_0) c_u_M4_bandwidth_ 0.55132261361570312
     y(3_0) c_u_M5_open(1)_ 1
     y(4_0) c_u_M1_steps(4_1)_ -1
     y(4_0) c_u_M2_one_transmission(1)_ 1
     y(4_0) c_u_M3_reach(2)_ -1
     y(4_0) c_u_M4_bandwidth_ 0.38178195056169656
     y(4_0) c_u_M5_open(1)_ 1
     y(4_1) c_u_M1_steps(4_1)_ 1
     y(4_1) c_u_M3_reach(3)_ -1
     y(4_1) c_u_M4_bandwidth_ 0.2038360879685524
     y(5_0) c_u_M1_steps(5_1)_ -1
     y(5_0) c_u_M2_one_transmission(1)_ 1
     y(5_0) c_u_M3_reach(0)_ -1
     y(5_0) c_u_M4_bandwidth_ 0.30469066033808506
     y(5_0) c_u_M5_open(1)_ 1
     y(5_1) c_u_M1_steps(5_1)_ 1
     y(5_1) c_u_M1_steps(5_2)_ -1
     y(5_1) c_u_M3_reach(2)_ -1
     y(5_1) c_u_M4_bandwidth_ 0.11406513192982945
     y(5_2) c_u_M1_steps(5_2)_ 1
     y(5_2) c_u_M3_reach(3)_ -1
     y(5_2) c_u_M4_bandwidth_ 0.22357668398016514
     y(6_0) c_u_M1_steps(6_1)_ -1
     y(6_0) c_u_M2_one_transmission(1)_ 1
     y(6_0) c_u_M3_reach(1)_ -1
     y(6_0) c_u_M4_bandwidth_ 0.44605516890802127
     y(6_0) c_u_M5_open(1)_ 1
     y(6_1) c_u_M1_steps(6_1)_ 1
     y(6_1) c_u_M1_steps(6_2)_ -1
     y(6_1) c_u_M3_reach(0)_ -1
     y(6_1) c_u_M4_bandwidth_ 0.0011660541689582668
     y(6_2) c_u_M1_steps(6_2)_ 1
     y(6_2) c_u_M1_steps(6_3)_ -1
     y(6_2) c_u_M3_reach(2)_ -1
     y(6_2) c_u_M4_bandwidth_ 0.16742340495600369
     y(6_3) c_u_M1_steps(6_3)_ 1
     y(6_3) c_u_M3_reach(3)_ -1
     y(6_3) c_u_M4_bandwidth_ 0.32816312108207629
     y(7_0) c_u_M1_steps(7_1)_ -1
     y(7_0) c_u_M2_one_transmission(1)_ 1
     y(7_0) c_u_M3_reach(1)_ -1
     y(7_0) c_u_M4_bandwidth_ 0.63272463149046654
     y(7_0) c_u_M5_open(1)_ 1
     y(7_1) c_u_M1_steps(7_1)_ 1
     y(7_1) c_u_M1_steps(7_2)_ -1
     y(7_1) c_u_M3_reach(0)_ -1
     y(7_1) c_u_M4_bandwidth_ 0.0016540357466503742
     y(7_2) c_u_M1_steps(7_2)_ 1
     y(7_2) c_u_M1_steps(7_3)_ -1
     y(7_2) c_u_M3_reach(2)_ -1
     y(7_2) c_u_M4_bandwidth_ 0.23748836374432966
     y(7_3) c_u_M1_steps(7_3)_ 1
     y(7_3) c_u_M3_reach(4)_ -1
     y(7_3) c_u_M4_bandwidth_ 0.11834334386724547
     y(8_0) c_u_M2_one_transmission(2)_ 1
     y(8_0) c_u_M3_reach(3)_ -1
     y(8_0) c_u_M4_bandwidth_ 0.79175814951025481
     y(8_0) c_u_M5_open(2)_ 1
     y(9_0) c_u_M1_steps(9_1)_ -1
     y(9_0) c_u_M2_one_transmission(2)_ 1
     y(9_0) c_u_M3_reach(2)_ -1
     y(9_0) c_u_M4_bandwidth_ 0.54836300374985625
     y(9_0) c_u_M5_open(2)_ 1
     y(9_1) c_u_M1_steps(9_1)_ 1
     y(9_1) c_u_M3_reach(3)_ -1
     y(9_1) c_u_M4_bandwidth_ 0.29277489233475984
     y(10_0) c_u_M1_steps(10_1)_ -1
     y(10_0) c_u_M2_one_transmission(2)_ 1
     y(10_0) c_u_M3_reach(0)_ -1
     y(10_0) c_u_M4_bandwidth_ 0.43653042806272879
     y(10_0) c_u_M5_open(2)_ 1
     y(10_1) c_u_M1_steps(10_1)_ 1
     y(10_1) c_u_M1_steps(10_2)_ -1
     y(10_1) c_u_M3_reach(2)_ -1
     y(10_1) c_u_M4_bandwidth_ 0.16342115906378568
     y(10_2) c_u_M1_steps(10_2)_ 1
     y(10_2) c_u_M3_reach(3)_ -1
     y(10_2) c_u_M4_bandwidth_ 0.32031840245582865
     y(11_0) c_u_M1_steps(11_1)_ -1
     y(11_0) c_u_M2_one_transmission(2)_ 1
     y(11_0) c_u_M3_reach(1)_ -1
     y(11_0) c_u_M4_bandwidth_ 0.63908196244045079
     y(11_0) c_u_M5_open(2)_ 1
     y(11_1) c_u_M1_steps(11_1)_ 1
     y(11_1) c_u_M1_steps(11_2)_ -1
     y(11_1) c_u_M3_reach(0)_ -1
     y(11_1) c_u_M4_bandwidth_ 0.0016706547498016307
     y(11_2) c_u_M1_steps(11_2)_ 1
     y(11_2) c_u_M3_reach(2)_ -1
     y(11_2) c_u_M4_bandwidth_ 0.23987453942005191
     x(0) negated -1
     x(0) c_u_M3_reach(0)_ 1
     x(1) negated -1
     x(1) c_u_M3_reach(1)_ 1
     x(2) negated -1
     x(2) c_u_M3_reach(2)_ 1
     x(3) negated -1
     x(3) c_u_M3_reach(3)_ 1
     x(4) negated -1
     x(4) c_u_M3_reach(4)_ 1
     z(0) c_u_M5_open(0)_ -1
     z(0) c_u_M6_cache_ 0.779047792930331
     z(1) c_u_M5_open(1)_ -1
     z(1) c_u_M6_cache_ 0.38143124295005226
     z(2) c_u_M5_open(2)_ -1
     z(2) c_u_M6_cache_ 0.53750456817260961
RHS
     RHS c_u_M1_steps(1_1)_ 0
     RHS c_u_M1_steps(2_1)_ 0
     RHS c_u_M1_steps(4_1)_ 0
     RHS c_u_M1_steps(5_1)_ 0
     RHS c_u_M1_steps(5_2)_ 0
     RHS c_u_M1_steps(6_1)_ 0
     RHS c_u_M1_steps(6_2)_ 0
     RHS c_u_M1_steps(6_3)_ 0
     RHS c_u_M1_steps(7_1)_ 0
     RHS c_u_M1_steps(7_2)_ 0
     RHS c_u_M1_steps(7_3)_ 0
     RHS c_u_M1_steps(9_1)_ 0
     RHS c_u_M1_steps(10_1)_ 0
     RHS c_u_M1_steps(10_2)_ 0
     RHS c_u_M1_steps(11_1)_ 0
     RHS c_u_M1_steps(11_2)_ 0
     RHS c_u_M2_one_transmission(0)_ 1
     RHS c_u_M2_one_transmission(1)_ 1
     RHS c_u_M2_one_transmission(2)_ 1
     RHS c_u_M3_reach(0)_ 0
     RHS c_u_M3_reach(1)_ 0
     RHS c_u_M3_reach(2)_ 0
     RHS c_u_M3_reach(3)_ 0
     RHS c_u_M3_reach(4)_ 0
     RHS c_u_M4_bandwidth_ 1
     RHS c_u_M5_open(0)_ 0
     RHS c_u_M5_open(1)_ 0
     RHS c_u_M5_open(2)_ 0
     RHS c_u_M6_cache_ 1
BOUNDS
 BV BOUND y(0_0)
 BV BOUND y(1_0)
 BV BOUND y(1_1)
 BV BOUND y(2_0)
 BV BOUND y(2_1)
 BV BOUND y(3_0)
 BV BOUND y(4_0)
 BV BOUND y(4_1)
 BV BOUND y(5_0)
 BV BOUND y(5_1)
 BV BOUND y(5_2)
 BV BOUND y(6_0)
 BV BOUND y(6_1)
 BV BOUND y(6_2)
 BV BOUND y(6_3)
 BV BOUND y(7_0)
 BV BOUND y(7_1)
 BV BOUND y(7_2)
 BV BOUND y(7_3)
 BV BOUND y(8_0)
 BV BOUND y(9_0)
 BV BOUND y(9_1)
 BV BOUND y(10_0)
 BV BOUND y(10_1)
 BV BOUND y(10_2)
 BV BOUND y(11_0)
 BV BOUND y(11_1)
 BV BOUND y(11_2)
 LO BOUND x(0) 0
 UP BOUND x(0) 1
 LO BOUND x(1) 0
 UP BOUND x(1) 1
 LO BOUND x(2) 0
 UP BOUND x(2) 1
 LO BOUND x(3) 0
 UP BOUND x(3) 1
 LO BOUND x(4) 0
 UP BOUND x(4) 1
 BV BOUND z(0)
 BV BOUND z(1)
 BV BOUND z(2)
ENDATA
