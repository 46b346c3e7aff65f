NAME slide
ROWS
 N  negated
 L  c_u_M1_steps(3_1)_
 L  c_u_M2_one_transmission(0)_
 L  c_u_M2_one_transmission(1)_
 L  c_u_M2_one_transmission(2)_
 L  c_u_M3_reach(3)_
 L  c_u_M3_reach(4)_
 L  c_u_M4_bandwidth_
 L  c_u_M5_open(0)_
 L  c_u_M5_open(1)_
 L  c_u_M5_open(2)_
 L  c_u_M6_cache_
COLUMNS
     y(0_0) c_u_M2_one_transmission(0)_ 1
     y(0_0) c_u_M3_reach(3)_ -1
     y(0_0) c_u_M4_bandwidth_ 10
     y(0_0) c_u_M5_open(0)_ 1
     y(1_0) c_u_M2_one_transmission(1)_ 1
     y(1_0) c_u_M3_reach(3)_ -1
     y(1_0) c_u_M4_bandwidth_ 20
     y(1_0) c_u_M5_open(1)_ 1
     y(2_0) c_u_M2_one_transmission(2)_ 1
     y(2_0) c_u_M3_reach(3)_ -1
     y(2_0) c_u_M4_bandwidth_ 2
     y(2_0) c_u_M5_open(2)_ 1
     y(3_0) c_u_M1_steps(3_1)_ -1
     y(3_0) c_u_M2_one_transmission(2)_ 1
     y(3_0) c_u_M3_reach(3)_ -1
     y(3_0) c_u_M4_bandwidth_ 6
     y(3_0) c_u_M5_open(2)_ 1
     y(3_1) c_u_M1_steps(3_1)_ 1
     y(3_1) c_u_M3_reach(4)_ -1
     y(3_1) c_u_M4_bandwidth_ 1
     x(3) negated -0.82827461685820292
     x(3) c_u_M3_reach(3)_ 1
     x(4) negated -2.2542996220987783
     x(4) c_u_M3_reach(4)_ 1
     z(0) c_u_M5_open(0)_ -1
     z(0) c_u_M6_cache_ 0.67239691825412173
     z(1) c_u_M5_open(1)_ -1
     z(1) c_u_M6_cache_ 0.98210331457449906
     z(2) c_u_M5_open(2)_ -1
     z(2) c_u_M6_cache_ 0.18243421324661854
RHS
     RHS c_u_M1_steps(3_1)_ 0
     RHS c_u_M2_one_transmission(0)_ 1
     RHS c_u_M2_one_transmission(1)_ 1
     RHS c_u_M2_one_transmission(2)_ 1
     RHS c_u_M3_reach(3)_ 0
     RHS c_u_M3_reach(4)_ 0
     RHS c_u_M4_bandwidth_ 22
     RHS c_u_M5_open(0)_ 0
     RHS c_u_M5_open(1)_ 0
     RHS c_u_M5_open(2)_ 0
     RHS c_u_M6_cache_ 1
BOUNDS
 BV BOUND y(0_0)
 BV BOUND y(1_0)
 BV BOUND y(2_0)
 BV BOUND y(3_0)
 BV BOUND y(3_1)
 LO BOUND x(3) 0
 UP BOUND x(3) 1
 LO BOUND x(4) 0
 UP BOUND x(4) 1
 BV BOUND z(0)
 BV BOUND z(1)
 BV BOUND z(2)
ENDATA
