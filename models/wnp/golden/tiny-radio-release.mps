NAME tiny-radio-release
ROWS
 N  makespan
 L  c_u_prefix(0_2)_
 L  c_u_prefix(0_3)_
 L  c_u_prefix(0_4)_
 L  c_u_prefix(1_2)_
 L  c_u_prefix(1_3)_
 L  c_u_prefix(1_4)_
 L  c_u_reach(0_1_1)_
 L  c_u_reach(0_1_2)_
 L  c_u_reach(0_1_3)_
 L  c_u_reach(0_1_4)_
 L  c_u_hall(0)_
 L  c_u_hall(1)_
 L  c_u_hall(2)_
 L  c_u_hall(3)_
 L  c_u_hall(4)_
 L  c_u_hall(5)_
 L  c_u_hall(6)_
 G  c_l_delivery(0)_
 G  c_l_delivery(1)_
 E  c_e_one_core(0)_
 E  c_e_one_core(1)_
 E  c_e_one_core(2)_
 E  c_e_one_core(3)_
 E  c_e_from_core(0_0)_
 E  c_e_from_core(0_2)_
 E  c_e_from_core(1_0)_
 E  c_e_from_core(1_1)_
 E  c_e_from_core(2_0)_
 E  c_e_from_core(2_1)_
 E  c_e_from_core(2_2)_
 E  c_e_to_core(0_0)_
 E  c_e_to_core(0_1)_
 E  c_e_to_core(1_0)_
 E  c_e_to_core(1_2)_
 E  c_e_to_core(2_0)_
 E  c_e_to_core(2_2)_
 L  c_u_transfer(0)_
 L  c_u_transfer(1)_
 L  c_u_transfer(2)_
 L  c_u_arrival(0_0)_
 L  c_u_arrival(1_2)_
 L  c_u_head(0)_
 L  c_u_head(1)_
 L  c_u_head(2)_
 L  c_u_head(3)_
 L  c_u_tail(0)_
 L  c_u_tail(1)_
 L  c_u_tail(2)_
 L  c_u_tail(3)_
 L  c_u_decided(0_2_0)_
 L  c_u_decided(0_2_2)_
 L  c_u_decided(1_2_0)_
 L  c_u_decided(1_2_1)_
 L  c_u_one_way(0_2)_
 L  c_u_one_way(1_2)_
 L  c_u_disjoint(0_2)_
 L  c_u_disjoint(1_2)_
 L  c_u_disjoint(2_0)_
 L  c_u_disjoint(2_1)_
COLUMNS
     C makespan 1
     C c_u_tail(0)_ -1
     C c_u_tail(1)_ -1
     C c_u_tail(2)_ -1
     C c_u_tail(3)_ -1
     g(0_1) c_u_prefix(0_2)_ -1
     g(0_1) c_u_reach(0_1_1)_ -1
     g(0_1) c_u_arrival(0_0)_ 60
     g(0_2) c_u_prefix(0_2)_ 1
     g(0_2) c_u_prefix(0_3)_ -1
     g(0_2) c_u_reach(0_1_2)_ -1
     g(0_2) c_u_arrival(0_0)_ 60
     g(0_3) c_u_prefix(0_3)_ 1
     g(0_3) c_u_prefix(0_4)_ -1
     g(0_3) c_u_reach(0_1_3)_ -1
     g(0_3) c_u_hall(0)_ -1
     g(0_3) c_u_arrival(0_0)_ 60
     g(0_4) c_u_prefix(0_4)_ 1
     g(0_4) c_u_reach(0_1_4)_ -1
     g(0_4) c_u_hall(1)_ -1
     g(0_4) c_u_arrival(0_0)_ 60
     g(1_1) c_u_prefix(1_2)_ -1
     g(1_1) c_u_reach(0_1_1)_ -1
     g(1_1) c_u_arrival(1_2)_ 60
     g(1_2) c_u_prefix(1_2)_ 1
     g(1_2) c_u_prefix(1_3)_ -1
     g(1_2) c_u_reach(0_1_2)_ -1
     g(1_2) c_u_hall(2)_ -1
     g(1_2) c_u_arrival(1_2)_ 60
     g(1_3) c_u_prefix(1_3)_ 1
     g(1_3) c_u_prefix(1_4)_ -1
     g(1_3) c_u_reach(0_1_3)_ -1
     g(1_3) c_u_hall(3)_ -1
     g(1_3) c_u_arrival(1_2)_ 60
     g(1_4) c_u_prefix(1_4)_ 1
     g(1_4) c_u_reach(0_1_4)_ -1
     g(1_4) c_u_hall(4)_ -1
     g(1_4) c_u_arrival(1_2)_ 60
     h(0_1_1) c_u_reach(0_1_1)_ 1
     h(0_1_2) c_u_reach(0_1_2)_ 1
     h(0_1_3) c_u_reach(0_1_3)_ 1
     h(0_1_3) c_u_hall(5)_ -1
     h(0_1_4) c_u_reach(0_1_4)_ 1
     h(0_1_4) c_u_hall(6)_ -1
     x(0_0_2) c_u_hall(0)_ 1
     x(0_0_2) c_u_hall(5)_ 1
     x(0_0_2) c_l_delivery(0)_ 371
     x(0_0_3) c_u_hall(1)_ 1
     x(0_0_3) c_u_hall(6)_ 1
     x(0_0_3) c_l_delivery(0)_ 350
     x(1_0_1) c_u_hall(2)_ 1
     x(1_0_1) c_l_delivery(1)_ 331
     x(1_0_2) c_u_hall(3)_ 1
     x(1_0_2) c_u_hall(5)_ 1
     x(1_0_2) c_l_delivery(1)_ 331
     x(1_0_3) c_u_hall(4)_ 1
     x(1_0_3) c_u_hall(6)_ 1
     x(1_0_3) c_l_delivery(1)_ 304
     a(0_0) c_e_one_core(0)_ 1
     a(0_0) c_e_from_core(0_0)_ -1
     a(0_0) c_u_transfer(0)_ 176
     a(0_0) c_u_head(0)_ 240
     a(0_0) c_u_tail(0)_ 378
     a(0_0) c_u_decided(0_2_0)_ 1
     a(0_0) c_u_disjoint(0_2)_ 176
     a(0_2) c_e_one_core(0)_ 1
     a(0_2) c_e_from_core(0_2)_ -1
     a(0_2) c_u_transfer(0)_ 92
     a(0_2) c_u_head(0)_ 240
     a(0_2) c_u_tail(0)_ 545
     a(0_2) c_u_decided(0_2_2)_ 1
     a(0_2) c_u_disjoint(0_2)_ 92
     a(1_0) c_e_one_core(1)_ 1
     a(1_0) c_e_from_core(1_0)_ -1
     a(1_0) c_e_to_core(0_0)_ -1
     a(1_0) c_u_transfer(1)_ 104
     a(1_0) c_u_head(1)_ 416
     a(1_0) c_u_tail(1)_ 202
     a(1_0) c_u_decided(1_2_0)_ 1
     a(1_0) c_u_disjoint(1_2)_ 104
     a(1_1) c_e_one_core(1)_ 1
     a(1_1) c_e_from_core(1_1)_ -1
     a(1_1) c_e_to_core(0_1)_ -1
     a(1_1) c_u_transfer(1)_ 149
     a(1_1) c_u_head(1)_ 588
     a(1_1) c_u_tail(1)_ 506
     a(1_1) c_u_decided(1_2_1)_ 1
     a(1_1) c_u_disjoint(1_2)_ 149
     a(2_0) c_e_one_core(2)_ 1
     a(2_0) c_e_from_core(2_0)_ -1
     a(2_0) c_u_transfer(2)_ 58
     a(2_0) c_u_head(2)_ 120
     a(2_0) c_u_tail(2)_ 156
     a(2_0) c_u_decided(0_2_0)_ 1
     a(2_0) c_u_decided(1_2_0)_ 1
     a(2_0) c_u_disjoint(2_0)_ 58
     a(2_0) c_u_disjoint(2_1)_ 58
     a(2_1) c_e_one_core(2)_ 1
     a(2_1) c_e_from_core(2_1)_ -1
     a(2_1) c_u_transfer(2)_ 64
     a(2_1) c_u_head(2)_ 120
     a(2_1) c_u_tail(2)_ 266
     a(2_1) c_u_decided(1_2_1)_ 1
     a(2_1) c_u_disjoint(2_0)_ 64
     a(2_1) c_u_disjoint(2_1)_ 64
     a(2_2) c_e_one_core(2)_ 1
     a(2_2) c_e_from_core(2_2)_ -1
     a(2_2) c_u_transfer(2)_ 55
     a(2_2) c_u_head(2)_ 120
     a(2_2) c_u_tail(2)_ 205
     a(2_2) c_u_decided(0_2_2)_ 1
     a(2_2) c_u_disjoint(2_0)_ 55
     a(2_2) c_u_disjoint(2_1)_ 55
     a(3_0) c_e_one_core(3)_ 1
     a(3_0) c_e_to_core(1_0)_ -1
     a(3_0) c_e_to_core(2_0)_ -1
     a(3_0) c_u_head(3)_ 520
     a(3_0) c_u_tail(3)_ 98
     a(3_2) c_e_one_core(3)_ 1
     a(3_2) c_e_to_core(1_2)_ -1
     a(3_2) c_e_to_core(2_2)_ -1
     a(3_2) c_u_head(3)_ 779
     a(3_2) c_u_tail(3)_ 150
     s(0) c_u_transfer(0)_ 1
     s(0) c_u_arrival(0_0)_ -1
     s(0) c_u_head(0)_ -1
     s(0) c_u_tail(0)_ 1
     s(0) c_u_disjoint(0_2)_ 1
     s(0) c_u_disjoint(2_0)_ -1
     s(1) c_u_transfer(0)_ -1
     s(1) c_u_transfer(1)_ 1
     s(1) c_u_head(1)_ -1
     s(1) c_u_tail(1)_ 1
     s(1) c_u_disjoint(1_2)_ 1
     s(1) c_u_disjoint(2_1)_ -1
     s(2) c_u_transfer(2)_ 1
     s(2) c_u_arrival(1_2)_ -1
     s(2) c_u_head(2)_ -1
     s(2) c_u_tail(2)_ 1
     s(2) c_u_disjoint(0_2)_ -1
     s(2) c_u_disjoint(1_2)_ -1
     s(2) c_u_disjoint(2_0)_ 1
     s(2) c_u_disjoint(2_1)_ 1
     s(3) c_u_transfer(1)_ -1
     s(3) c_u_transfer(2)_ -1
     s(3) c_u_head(3)_ -1
     s(3) c_u_tail(3)_ 1
     w(0_0_0) c_e_from_core(0_0)_ 1
     w(0_0_0) c_e_to_core(0_0)_ 1
     w(0_0_1) c_e_from_core(0_0)_ 1
     w(0_0_1) c_e_to_core(0_1)_ 1
     w(0_0_1) c_u_transfer(0)_ 251
     w(0_2_0) c_e_from_core(0_2)_ 1
     w(0_2_0) c_e_to_core(0_0)_ 1
     w(0_2_0) c_u_transfer(0)_ 251
     w(0_2_1) c_e_from_core(0_2)_ 1
     w(0_2_1) c_e_to_core(0_1)_ 1
     w(0_2_1) c_u_transfer(0)_ 256
     w(1_0_0) c_e_from_core(1_0)_ 1
     w(1_0_0) c_e_to_core(1_0)_ 1
     w(1_0_2) c_e_from_core(1_0)_ 1
     w(1_0_2) c_e_to_core(1_2)_ 1
     w(1_0_2) c_u_transfer(1)_ 259
     w(1_1_0) c_e_from_core(1_1)_ 1
     w(1_1_0) c_e_to_core(1_0)_ 1
     w(1_1_0) c_u_transfer(1)_ 259
     w(1_1_2) c_e_from_core(1_1)_ 1
     w(1_1_2) c_e_to_core(1_2)_ 1
     w(1_1_2) c_u_transfer(1)_ 264
     w(2_0_0) c_e_from_core(2_0)_ 1
     w(2_0_0) c_e_to_core(2_0)_ 1
     w(2_0_2) c_e_from_core(2_0)_ 1
     w(2_0_2) c_e_to_core(2_2)_ 1
     w(2_0_2) c_u_transfer(2)_ 104
     w(2_1_0) c_e_from_core(2_1)_ 1
     w(2_1_0) c_e_to_core(2_0)_ 1
     w(2_1_0) c_u_transfer(2)_ 104
     w(2_1_2) c_e_from_core(2_1)_ 1
     w(2_1_2) c_e_to_core(2_2)_ 1
     w(2_1_2) c_u_transfer(2)_ 109
     w(2_2_0) c_e_from_core(2_2)_ 1
     w(2_2_0) c_e_to_core(2_0)_ 1
     w(2_2_0) c_u_transfer(2)_ 104
     w(2_2_2) c_e_from_core(2_2)_ 1
     w(2_2_2) c_e_to_core(2_2)_ 1
     o(0_2) c_u_decided(0_2_0)_ -1
     o(0_2) c_u_decided(0_2_2)_ -1
     o(0_2) c_u_one_way(0_2)_ 1
     o(0_2) c_u_disjoint(0_2)_ 1086
     o(1_2) c_u_decided(1_2_0)_ -1
     o(1_2) c_u_decided(1_2_1)_ -1
     o(1_2) c_u_one_way(1_2)_ 1
     o(1_2) c_u_disjoint(1_2)_ 1190
     o(2_0) c_u_decided(0_2_0)_ -1
     o(2_0) c_u_decided(0_2_2)_ -1
     o(2_0) c_u_one_way(0_2)_ 1
     o(2_0) c_u_disjoint(2_0)_ 1070
     o(2_1) c_u_decided(1_2_0)_ -1
     o(2_1) c_u_decided(1_2_1)_ -1
     o(2_1) c_u_one_way(1_2)_ 1
     o(2_1) c_u_disjoint(2_1)_ 894
RHS
     RHS c_u_prefix(0_2)_ 0
     RHS c_u_prefix(0_3)_ 0
     RHS c_u_prefix(0_4)_ 0
     RHS c_u_prefix(1_2)_ 0
     RHS c_u_prefix(1_3)_ 0
     RHS c_u_prefix(1_4)_ 0
     RHS c_u_reach(0_1_1)_ 0
     RHS c_u_reach(0_1_2)_ 0
     RHS c_u_reach(0_1_3)_ 0
     RHS c_u_reach(0_1_4)_ 0
     RHS c_u_hall(0)_ 0
     RHS c_u_hall(1)_ 0
     RHS c_u_hall(2)_ 0
     RHS c_u_hall(3)_ 0
     RHS c_u_hall(4)_ 0
     RHS c_u_hall(5)_ 0
     RHS c_u_hall(6)_ 0
     RHS c_l_delivery(0)_ 640
     RHS c_l_delivery(1)_ 210
     RHS c_e_one_core(0)_ 1
     RHS c_e_one_core(1)_ 1
     RHS c_e_one_core(2)_ 1
     RHS c_e_one_core(3)_ 1
     RHS c_e_from_core(0_0)_ 0
     RHS c_e_from_core(0_2)_ 0
     RHS c_e_from_core(1_0)_ 0
     RHS c_e_from_core(1_1)_ 0
     RHS c_e_from_core(2_0)_ 0
     RHS c_e_from_core(2_1)_ 0
     RHS c_e_from_core(2_2)_ 0
     RHS c_e_to_core(0_0)_ 0
     RHS c_e_to_core(0_1)_ 0
     RHS c_e_to_core(1_0)_ 0
     RHS c_e_to_core(1_2)_ 0
     RHS c_e_to_core(2_0)_ 0
     RHS c_e_to_core(2_2)_ 0
     RHS c_u_transfer(0)_ 0
     RHS c_u_transfer(1)_ 0
     RHS c_u_transfer(2)_ 0
     RHS c_u_arrival(0_0)_ 0
     RHS c_u_arrival(1_2)_ 0
     RHS c_u_head(0)_ 0
     RHS c_u_head(1)_ 0
     RHS c_u_head(2)_ 0
     RHS c_u_head(3)_ 0
     RHS c_u_tail(0)_ 0
     RHS c_u_tail(1)_ 0
     RHS c_u_tail(2)_ 0
     RHS c_u_tail(3)_ 0
     RHS c_u_decided(0_2_0)_ 1
     RHS c_u_decided(0_2_2)_ 1
     RHS c_u_decided(1_2_0)_ 1
     RHS c_u_decided(1_2_1)_ 1
     RHS c_u_one_way(0_2)_ 1
     RHS c_u_one_way(1_2)_ 1
     RHS c_u_disjoint(0_2)_ 1086
     RHS c_u_disjoint(1_2)_ 1190
     RHS c_u_disjoint(2_0)_ 1070
     RHS c_u_disjoint(2_1)_ 894
BOUNDS
 LO BOUND C 0
 UP BOUND C 1408
 LI BOUND g(0_1) 1
 UI BOUND g(0_1) 1
 LI BOUND g(0_2) 1
 UI BOUND g(0_2) 1
 LI BOUND g(0_3) 1
 UI BOUND g(0_3) 1
 LI BOUND g(0_4) 1
 UI BOUND g(0_4) 1
 LI BOUND g(1_1) 1
 UI BOUND g(1_1) 1
 LI BOUND g(1_2) 1
 UI BOUND g(1_2) 1
 BV BOUND g(1_3)
 BV BOUND g(1_4)
 LO BOUND h(0_1_1) 0
 UP BOUND h(0_1_1) 1
 LO BOUND h(0_1_2) 0
 UP BOUND h(0_1_2) 1
 LO BOUND h(0_1_3) 0
 UP BOUND h(0_1_3) 1
 LO BOUND h(0_1_4) 0
 UP BOUND h(0_1_4) 1
 LI BOUND x(0_0_2) 0
 UI BOUND x(0_0_2) 1
 LI BOUND x(0_0_3) 0
 UI BOUND x(0_0_3) 1
 LI BOUND x(1_0_1) 0
 UI BOUND x(1_0_1) 1
 LI BOUND x(1_0_2) 0
 UI BOUND x(1_0_2) 1
 LI BOUND x(1_0_3) 0
 UI BOUND x(1_0_3) 1
 BV BOUND a(0_0)
 BV BOUND a(0_2)
 BV BOUND a(1_0)
 BV BOUND a(1_1)
 BV BOUND a(2_0)
 BV BOUND a(2_1)
 BV BOUND a(2_2)
 BV BOUND a(3_0)
 BV BOUND a(3_2)
 LO BOUND s(0) 0
 UP BOUND s(0) 1408
 LO BOUND s(1) 0
 UP BOUND s(1) 1408
 LO BOUND s(2) 0
 UP BOUND s(2) 1408
 LO BOUND s(3) 0
 UP BOUND s(3) 1408
 LO BOUND w(0_0_0) 0
 UP BOUND w(0_0_0) 1
 LO BOUND w(0_0_1) 0
 UP BOUND w(0_0_1) 1
 LO BOUND w(0_2_0) 0
 UP BOUND w(0_2_0) 1
 LO BOUND w(0_2_1) 0
 UP BOUND w(0_2_1) 1
 LO BOUND w(1_0_0) 0
 UP BOUND w(1_0_0) 1
 LO BOUND w(1_0_2) 0
 UP BOUND w(1_0_2) 1
 LO BOUND w(1_1_0) 0
 UP BOUND w(1_1_0) 1
 LO BOUND w(1_1_2) 0
 UP BOUND w(1_1_2) 1
 LO BOUND w(2_0_0) 0
 UP BOUND w(2_0_0) 1
 LO BOUND w(2_0_2) 0
 UP BOUND w(2_0_2) 1
 LO BOUND w(2_1_0) 0
 UP BOUND w(2_1_0) 1
 LO BOUND w(2_1_2) 0
 UP BOUND w(2_1_2) 1
 LO BOUND w(2_2_0) 0
 UP BOUND w(2_2_0) 1
 LO BOUND w(2_2_2) 0
 UP BOUND w(2_2_2) 1
 BV BOUND o(0_2)
 BV BOUND o(1_2)
 BV BOUND o(2_0)
 BV BOUND o(2_1)
ENDATA
