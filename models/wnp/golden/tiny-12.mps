NAME tiny-12
ROWS
 N  makespan
 L  c_u_prefix(0_2)_
 L  c_u_prefix(0_3)_
 L  c_u_prefix(1_2)_
 L  c_u_prefix(1_3)_
 L  c_u_reach(0_1_1)_
 L  c_u_reach(0_1_2)_
 L  c_u_reach(0_1_3)_
 L  c_u_hall(0)_
 L  c_u_hall(1)_
 L  c_u_hall(2)_
 L  c_u_hall(3)_
 L  c_u_hall(4)_
 L  c_u_hall(5)_
 L  c_u_hall(6)_
 L  c_u_hall(7)_
 L  c_u_hall(8)_
 G  c_l_delivery(0)_
 G  c_l_delivery(1)_
 E  c_e_one_core(0)_
 E  c_e_one_core(1)_
 E  c_e_one_core(2)_
 E  c_e_one_core(3)_
 E  c_e_from_core(0_0)_
 E  c_e_from_core(1_0)_
 E  c_e_from_core(2_0)_
 E  c_e_to_core(0_0)_
 E  c_e_to_core(1_0)_
 E  c_e_to_core(2_0)_
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
 L  c_u_decided(1_2_0)_
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
     g(0_1) c_u_hall(0)_ -1
     g(0_1) c_u_arrival(0_0)_ 19
     g(0_2) c_u_prefix(0_2)_ 1
     g(0_2) c_u_prefix(0_3)_ -1
     g(0_2) c_u_reach(0_1_2)_ -1
     g(0_2) c_u_hall(1)_ -1
     g(0_2) c_u_arrival(0_0)_ 19
     g(0_3) c_u_prefix(0_3)_ 1
     g(0_3) c_u_reach(0_1_3)_ -1
     g(0_3) c_u_hall(2)_ -1
     g(0_3) c_u_arrival(0_0)_ 19
     g(1_1) c_u_prefix(1_2)_ -1
     g(1_1) c_u_reach(0_1_1)_ -1
     g(1_1) c_u_hall(3)_ -1
     g(1_1) c_u_arrival(1_2)_ 19
     g(1_2) c_u_prefix(1_2)_ 1
     g(1_2) c_u_prefix(1_3)_ -1
     g(1_2) c_u_reach(0_1_2)_ -1
     g(1_2) c_u_hall(4)_ -1
     g(1_2) c_u_arrival(1_2)_ 19
     g(1_3) c_u_prefix(1_3)_ 1
     g(1_3) c_u_reach(0_1_3)_ -1
     g(1_3) c_u_hall(5)_ -1
     g(1_3) c_u_arrival(1_2)_ 19
     h(0_1_1) c_u_reach(0_1_1)_ 1
     h(0_1_1) c_u_hall(6)_ -1
     h(0_1_2) c_u_reach(0_1_2)_ 1
     h(0_1_2) c_u_hall(7)_ -1
     h(0_1_3) c_u_reach(0_1_3)_ 1
     h(0_1_3) c_u_hall(8)_ -1
     x(0_0_0) c_u_hall(0)_ 1
     x(0_0_0) c_u_hall(6)_ 1
     x(0_0_0) c_l_delivery(0)_ 365
     x(0_0_1) c_u_hall(1)_ 1
     x(0_0_1) c_u_hall(7)_ 1
     x(0_0_1) c_l_delivery(0)_ 205
     x(0_0_2) c_u_hall(2)_ 1
     x(0_0_2) c_u_hall(8)_ 1
     x(0_0_2) c_l_delivery(0)_ 238
     x(1_0_0) c_u_hall(3)_ 1
     x(1_0_0) c_u_hall(6)_ 1
     x(1_0_0) c_l_delivery(1)_ 514
     x(1_0_1) c_u_hall(4)_ 1
     x(1_0_1) c_u_hall(7)_ 1
     x(1_0_1) c_l_delivery(1)_ 277
     x(1_0_2) c_u_hall(5)_ 1
     x(1_0_2) c_u_hall(8)_ 1
     x(1_0_2) c_l_delivery(1)_ 469
     a(0_0) c_e_one_core(0)_ 1
     a(0_0) c_e_from_core(0_0)_ -1
     a(0_0) c_u_transfer(0)_ 2
     a(0_0) c_u_head(0)_ 19
     a(0_0) c_u_tail(0)_ 8
     a(0_0) c_u_decided(0_2_0)_ 1
     a(0_0) c_u_disjoint(0_2)_ 2
     a(1_0) c_e_one_core(1)_ 1
     a(1_0) c_e_from_core(1_0)_ -1
     a(1_0) c_e_to_core(0_0)_ -1
     a(1_0) c_u_transfer(1)_ 3
     a(1_0) c_u_head(1)_ 21
     a(1_0) c_u_tail(1)_ 6
     a(1_0) c_u_decided(1_2_0)_ 1
     a(1_0) c_u_disjoint(1_2)_ 3
     a(2_0) c_e_one_core(2)_ 1
     a(2_0) c_e_from_core(2_0)_ -1
     a(2_0) c_u_transfer(2)_ 8
     a(2_0) c_u_head(2)_ 19
     a(2_0) c_u_tail(2)_ 11
     a(2_0) c_u_decided(0_2_0)_ 1
     a(2_0) c_u_decided(1_2_0)_ 1
     a(2_0) c_u_disjoint(2_0)_ 8
     a(2_0) c_u_disjoint(2_1)_ 8
     a(3_0) c_e_one_core(3)_ 1
     a(3_0) c_e_to_core(1_0)_ -1
     a(3_0) c_e_to_core(2_0)_ -1
     a(3_0) c_u_head(3)_ 27
     a(3_0) c_u_tail(3)_ 3
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
     w(1_0_0) c_e_from_core(1_0)_ 1
     w(1_0_0) c_e_to_core(1_0)_ 1
     w(2_0_0) c_e_from_core(2_0)_ 1
     w(2_0_0) c_e_to_core(2_0)_ 1
     o(0_2) c_u_decided(0_2_0)_ -1
     o(0_2) c_u_one_way(0_2)_ 1
     o(0_2) c_u_disjoint(0_2)_ 596
     o(1_2) c_u_decided(1_2_0)_ -1
     o(1_2) c_u_one_way(1_2)_ 1
     o(1_2) c_u_disjoint(1_2)_ 599
     o(2_0) c_u_decided(0_2_0)_ -1
     o(2_0) c_u_one_way(0_2)_ 1
     o(2_0) c_u_disjoint(2_0)_ 599
     o(2_1) c_u_decided(1_2_0)_ -1
     o(2_1) c_u_one_way(1_2)_ 1
     o(2_1) c_u_disjoint(2_1)_ 597
RHS
     RHS c_u_prefix(0_2)_ 0
     RHS c_u_prefix(0_3)_ 0
     RHS c_u_prefix(1_2)_ 0
     RHS c_u_prefix(1_3)_ 0
     RHS c_u_reach(0_1_1)_ 0
     RHS c_u_reach(0_1_2)_ 0
     RHS c_u_reach(0_1_3)_ 0
     RHS c_u_hall(0)_ 0
     RHS c_u_hall(1)_ 0
     RHS c_u_hall(2)_ 0
     RHS c_u_hall(3)_ 0
     RHS c_u_hall(4)_ 0
     RHS c_u_hall(5)_ 0
     RHS c_u_hall(6)_ 0
     RHS c_u_hall(7)_ 0
     RHS c_u_hall(8)_ 0
     RHS c_l_delivery(0)_ 242
     RHS c_l_delivery(1)_ 378
     RHS c_e_one_core(0)_ 1
     RHS c_e_one_core(1)_ 1
     RHS c_e_one_core(2)_ 1
     RHS c_e_one_core(3)_ 1
     RHS c_e_from_core(0_0)_ 0
     RHS c_e_from_core(1_0)_ 0
     RHS c_e_from_core(2_0)_ 0
     RHS c_e_to_core(0_0)_ 0
     RHS c_e_to_core(1_0)_ 0
     RHS c_e_to_core(2_0)_ 0
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
     RHS c_u_decided(1_2_0)_ 1
     RHS c_u_one_way(0_2)_ 1
     RHS c_u_one_way(1_2)_ 1
     RHS c_u_disjoint(0_2)_ 596
     RHS c_u_disjoint(1_2)_ 599
     RHS c_u_disjoint(2_0)_ 599
     RHS c_u_disjoint(2_1)_ 597
BOUNDS
 LO BOUND C 0
 UP BOUND C 621
 LI BOUND g(0_1) 1
 UI BOUND g(0_1) 1
 BV BOUND g(0_2)
 BV BOUND g(0_3)
 LI BOUND g(1_1) 1
 UI BOUND g(1_1) 1
 BV BOUND g(1_2)
 BV BOUND g(1_3)
 LO BOUND h(0_1_1) 0
 UP BOUND h(0_1_1) 1
 LO BOUND h(0_1_2) 0
 UP BOUND h(0_1_2) 1
 LO BOUND h(0_1_3) 0
 UP BOUND h(0_1_3) 1
 LI BOUND x(0_0_0) 0
 UI BOUND x(0_0_0) 1
 LI BOUND x(0_0_1) 0
 UI BOUND x(0_0_1) 1
 LI BOUND x(0_0_2) 0
 UI BOUND x(0_0_2) 1
 LI BOUND x(1_0_0) 0
 UI BOUND x(1_0_0) 1
 LI BOUND x(1_0_1) 0
 UI BOUND x(1_0_1) 1
 LI BOUND x(1_0_2) 0
 UI BOUND x(1_0_2) 1
 BV BOUND a(0_0)
 BV BOUND a(1_0)
 BV BOUND a(2_0)
 BV BOUND a(3_0)
 LO BOUND s(0) 0
 UP BOUND s(0) 621
 LO BOUND s(1) 0
 UP BOUND s(1) 621
 LO BOUND s(2) 0
 UP BOUND s(2) 621
 LO BOUND s(3) 0
 UP BOUND s(3) 621
 LO BOUND w(0_0_0) 0
 UP BOUND w(0_0_0) 1
 LO BOUND w(1_0_0) 0
 UP BOUND w(1_0_0) 1
 LO BOUND w(2_0_0) 0
 UP BOUND w(2_0_0) 1
 BV BOUND o(0_2)
 BV BOUND o(1_2)
 BV BOUND o(2_0)
 BV BOUND o(2_1)
ENDATA
