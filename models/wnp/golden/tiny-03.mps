NAME tiny-03
ROWS
 N  makespan
 L  c_u_prefix(0_2)_
 L  c_u_prefix(0_3)_
 L  c_u_hall(0)_
 L  c_u_hall(1)_
 L  c_u_hall(2)_
 L  c_u_hall(3)_
 L  c_u_hall(4)_
 L  c_u_hall(5)_
 G  c_l_delivery(0)_
 E  c_e_one_core(0)_
 E  c_e_one_core(1)_
 E  c_e_one_core(2)_
 E  c_e_one_core(3)_
 E  c_e_one_core(4)_
 E  c_e_from_core(0_0)_
 E  c_e_from_core(1_0)_
 E  c_e_from_core(2_0)_
 E  c_e_from_core(3_0)_
 E  c_e_to_core(0_0)_
 E  c_e_to_core(1_0)_
 E  c_e_to_core(2_0)_
 E  c_e_to_core(3_0)_
 L  c_u_transfer(0)_
 L  c_u_transfer(1)_
 L  c_u_transfer(2)_
 L  c_u_transfer(3)_
 L  c_u_arrival(0_3)_
 L  c_u_head(0)_
 L  c_u_head(1)_
 L  c_u_head(2)_
 L  c_u_head(3)_
 L  c_u_head(4)_
 L  c_u_tail(0)_
 L  c_u_tail(1)_
 L  c_u_tail(2)_
 L  c_u_tail(3)_
 L  c_u_tail(4)_
 L  c_u_decided(0_3_0)_
 L  c_u_decided(1_3_0)_
 L  c_u_decided(2_3_0)_
 L  c_u_one_way(0_3)_
 L  c_u_one_way(1_3)_
 L  c_u_one_way(2_3)_
 L  c_u_disjoint(0_3)_
 L  c_u_disjoint(1_3)_
 L  c_u_disjoint(2_3)_
 L  c_u_disjoint(3_0)_
 L  c_u_disjoint(3_1)_
 L  c_u_disjoint(3_2)_
COLUMNS
     C makespan 1
     C c_u_tail(0)_ -1
     C c_u_tail(1)_ -1
     C c_u_tail(2)_ -1
     C c_u_tail(3)_ -1
     C c_u_tail(4)_ -1
     g(0_1) c_u_prefix(0_2)_ -1
     g(0_1) c_u_hall(0)_ -1
     g(0_1) c_u_hall(3)_ -1
     g(0_1) c_u_arrival(0_3)_ 10
     g(0_2) c_u_prefix(0_2)_ 1
     g(0_2) c_u_prefix(0_3)_ -1
     g(0_2) c_u_hall(1)_ -1
     g(0_2) c_u_hall(4)_ -1
     g(0_2) c_u_arrival(0_3)_ 10
     g(0_3) c_u_prefix(0_3)_ 1
     g(0_3) c_u_hall(2)_ -1
     g(0_3) c_u_hall(5)_ -1
     g(0_3) c_u_arrival(0_3)_ 10
     x(0_0_0) c_u_hall(0)_ 1
     x(0_0_0) c_l_delivery(0)_ 546
     x(0_0_1) c_u_hall(1)_ 1
     x(0_0_1) c_l_delivery(0)_ 119
     x(0_0_2) c_u_hall(2)_ 1
     x(0_0_2) c_l_delivery(0)_ 383
     x(0_1_0) c_u_hall(3)_ 1
     x(0_1_0) c_l_delivery(0)_ 460
     x(0_1_1) c_u_hall(4)_ 1
     x(0_1_1) c_l_delivery(0)_ 449
     x(0_1_2) c_u_hall(5)_ 1
     x(0_1_2) c_l_delivery(0)_ 623
     a(0_0) c_e_one_core(0)_ 1
     a(0_0) c_e_from_core(0_0)_ -1
     a(0_0) c_u_transfer(0)_ 4
     a(0_0) c_u_tail(0)_ 22
     a(0_0) c_u_decided(0_3_0)_ 1
     a(0_0) c_u_disjoint(0_3)_ 4
     a(1_0) c_e_one_core(1)_ 1
     a(1_0) c_e_from_core(1_0)_ -1
     a(1_0) c_e_to_core(0_0)_ -1
     a(1_0) c_u_transfer(1)_ 8
     a(1_0) c_u_head(1)_ 4
     a(1_0) c_u_tail(1)_ 18
     a(1_0) c_u_decided(1_3_0)_ 1
     a(1_0) c_u_disjoint(1_3)_ 8
     a(2_0) c_e_one_core(2)_ 1
     a(2_0) c_e_from_core(2_0)_ -1
     a(2_0) c_e_to_core(1_0)_ -1
     a(2_0) c_u_transfer(2)_ 7
     a(2_0) c_u_head(2)_ 12
     a(2_0) c_u_tail(2)_ 10
     a(2_0) c_u_decided(2_3_0)_ 1
     a(2_0) c_u_disjoint(2_3)_ 7
     a(3_0) c_e_one_core(3)_ 1
     a(3_0) c_e_from_core(3_0)_ -1
     a(3_0) c_u_transfer(3)_ 2
     a(3_0) c_u_head(3)_ 10
     a(3_0) c_u_tail(3)_ 5
     a(3_0) c_u_decided(0_3_0)_ 1
     a(3_0) c_u_decided(1_3_0)_ 1
     a(3_0) c_u_decided(2_3_0)_ 1
     a(3_0) c_u_disjoint(3_0)_ 2
     a(3_0) c_u_disjoint(3_1)_ 2
     a(3_0) c_u_disjoint(3_2)_ 2
     a(4_0) c_e_one_core(4)_ 1
     a(4_0) c_e_to_core(2_0)_ -1
     a(4_0) c_e_to_core(3_0)_ -1
     a(4_0) c_u_head(4)_ 19
     a(4_0) c_u_tail(4)_ 3
     s(0) c_u_transfer(0)_ 1
     s(0) c_u_head(0)_ -1
     s(0) c_u_tail(0)_ 1
     s(0) c_u_disjoint(0_3)_ 1
     s(0) c_u_disjoint(3_0)_ -1
     s(1) c_u_transfer(0)_ -1
     s(1) c_u_transfer(1)_ 1
     s(1) c_u_head(1)_ -1
     s(1) c_u_tail(1)_ 1
     s(1) c_u_disjoint(1_3)_ 1
     s(1) c_u_disjoint(3_1)_ -1
     s(2) c_u_transfer(1)_ -1
     s(2) c_u_transfer(2)_ 1
     s(2) c_u_head(2)_ -1
     s(2) c_u_tail(2)_ 1
     s(2) c_u_disjoint(2_3)_ 1
     s(2) c_u_disjoint(3_2)_ -1
     s(3) c_u_transfer(3)_ 1
     s(3) c_u_arrival(0_3)_ -1
     s(3) c_u_head(3)_ -1
     s(3) c_u_tail(3)_ 1
     s(3) c_u_disjoint(0_3)_ -1
     s(3) c_u_disjoint(1_3)_ -1
     s(3) c_u_disjoint(2_3)_ -1
     s(3) c_u_disjoint(3_0)_ 1
     s(3) c_u_disjoint(3_1)_ 1
     s(3) c_u_disjoint(3_2)_ 1
     s(4) c_u_transfer(2)_ -1
     s(4) c_u_transfer(3)_ -1
     s(4) c_u_head(4)_ -1
     s(4) c_u_tail(4)_ 1
     w(0_0_0) c_e_from_core(0_0)_ 1
     w(0_0_0) c_e_to_core(0_0)_ 1
     w(1_0_0) c_e_from_core(1_0)_ 1
     w(1_0_0) c_e_to_core(1_0)_ 1
     w(2_0_0) c_e_from_core(2_0)_ 1
     w(2_0_0) c_e_to_core(2_0)_ 1
     w(3_0_0) c_e_from_core(3_0)_ 1
     w(3_0_0) c_e_to_core(3_0)_ 1
     o(0_3) c_u_decided(0_3_0)_ -1
     o(0_3) c_u_one_way(0_3)_ 1
     o(0_3) c_u_disjoint(0_3)_ 714
     o(1_3) c_u_decided(1_3_0)_ -1
     o(1_3) c_u_one_way(1_3)_ 1
     o(1_3) c_u_disjoint(1_3)_ 722
     o(2_3) c_u_decided(2_3_0)_ -1
     o(2_3) c_u_one_way(2_3)_ 1
     o(2_3) c_u_disjoint(2_3)_ 729
     o(3_0) c_u_decided(0_3_0)_ -1
     o(3_0) c_u_one_way(0_3)_ 1
     o(3_0) c_u_disjoint(3_0)_ 739
     o(3_1) c_u_decided(1_3_0)_ -1
     o(3_1) c_u_one_way(1_3)_ 1
     o(3_1) c_u_disjoint(3_1)_ 735
     o(3_2) c_u_decided(2_3_0)_ -1
     o(3_2) c_u_one_way(2_3)_ 1
     o(3_2) c_u_disjoint(3_2)_ 727
RHS
     RHS c_u_prefix(0_2)_ 0
     RHS c_u_prefix(0_3)_ 0
     RHS c_u_hall(0)_ 0
     RHS c_u_hall(1)_ 0
     RHS c_u_hall(2)_ 0
     RHS c_u_hall(3)_ 0
     RHS c_u_hall(4)_ 0
     RHS c_u_hall(5)_ 0
     RHS c_l_delivery(0)_ 499
     RHS c_e_one_core(0)_ 1
     RHS c_e_one_core(1)_ 1
     RHS c_e_one_core(2)_ 1
     RHS c_e_one_core(3)_ 1
     RHS c_e_one_core(4)_ 1
     RHS c_e_from_core(0_0)_ 0
     RHS c_e_from_core(1_0)_ 0
     RHS c_e_from_core(2_0)_ 0
     RHS c_e_from_core(3_0)_ 0
     RHS c_e_to_core(0_0)_ 0
     RHS c_e_to_core(1_0)_ 0
     RHS c_e_to_core(2_0)_ 0
     RHS c_e_to_core(3_0)_ 0
     RHS c_u_transfer(0)_ 0
     RHS c_u_transfer(1)_ 0
     RHS c_u_transfer(2)_ 0
     RHS c_u_transfer(3)_ 0
     RHS c_u_arrival(0_3)_ 0
     RHS c_u_head(0)_ 0
     RHS c_u_head(1)_ 0
     RHS c_u_head(2)_ 0
     RHS c_u_head(3)_ 0
     RHS c_u_head(4)_ 0
     RHS c_u_tail(0)_ 0
     RHS c_u_tail(1)_ 0
     RHS c_u_tail(2)_ 0
     RHS c_u_tail(3)_ 0
     RHS c_u_tail(4)_ 0
     RHS c_u_decided(0_3_0)_ 1
     RHS c_u_decided(1_3_0)_ 1
     RHS c_u_decided(2_3_0)_ 1
     RHS c_u_one_way(0_3)_ 1
     RHS c_u_one_way(1_3)_ 1
     RHS c_u_one_way(2_3)_ 1
     RHS c_u_disjoint(0_3)_ 714
     RHS c_u_disjoint(1_3)_ 722
     RHS c_u_disjoint(2_3)_ 729
     RHS c_u_disjoint(3_0)_ 739
     RHS c_u_disjoint(3_1)_ 735
     RHS c_u_disjoint(3_2)_ 727
BOUNDS
 LO BOUND C 0
 UP BOUND C 742
 LI BOUND g(0_1) 1
 UI BOUND g(0_1) 1
 BV BOUND g(0_2)
 BV BOUND g(0_3)
 LI BOUND x(0_0_0) 0
 UI BOUND x(0_0_0) 1
 LI BOUND x(0_0_1) 0
 UI BOUND x(0_0_1) 1
 LI BOUND x(0_0_2) 0
 UI BOUND x(0_0_2) 1
 LI BOUND x(0_1_0) 0
 UI BOUND x(0_1_0) 1
 LI BOUND x(0_1_1) 0
 UI BOUND x(0_1_1) 1
 LI BOUND x(0_1_2) 0
 UI BOUND x(0_1_2) 1
 BV BOUND a(0_0)
 BV BOUND a(1_0)
 BV BOUND a(2_0)
 BV BOUND a(3_0)
 BV BOUND a(4_0)
 LO BOUND s(0) 0
 UP BOUND s(0) 742
 LO BOUND s(1) 0
 UP BOUND s(1) 742
 LO BOUND s(2) 0
 UP BOUND s(2) 742
 LO BOUND s(3) 0
 UP BOUND s(3) 742
 LO BOUND s(4) 0
 UP BOUND s(4) 742
 LO BOUND w(0_0_0) 0
 UP BOUND w(0_0_0) 1
 LO BOUND w(1_0_0) 0
 UP BOUND w(1_0_0) 1
 LO BOUND w(2_0_0) 0
 UP BOUND w(2_0_0) 1
 LO BOUND w(3_0_0) 0
 UP BOUND w(3_0_0) 1
 BV BOUND o(0_3)
 BV BOUND o(1_3)
 BV BOUND o(2_3)
 BV BOUND o(3_0)
 BV BOUND o(3_1)
 BV BOUND o(3_2)
ENDATA
