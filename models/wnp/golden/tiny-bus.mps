NAME tiny-bus
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
 G  c_l_delivery(0)_
 G  c_l_delivery(1)_
 E  c_e_one_core(0)_
 E  c_e_one_core(1)_
 E  c_e_one_core(2)_
 E  c_e_one_core(3)_
 E  c_e_from_core(0_2)_
 E  c_e_from_core(1_0)_
 E  c_e_from_core(2_0)_
 E  c_e_from_core(2_1)_
 E  c_e_to_core(0_0)_
 E  c_e_to_core(0_1)_
 E  c_e_to_core(1_2)_
 E  c_e_to_core(2_2)_
 L  c_u_transfer(0)_
 L  c_u_transfer(1)_
 L  c_u_transfer(2)_
 L  c_u_arrival(0_0)_
 L  c_u_arrival(1_1)_
 L  c_u_head(0)_
 L  c_u_head(1)_
 L  c_u_head(2)_
 L  c_u_head(3)_
 L  c_u_tail(0)_
 L  c_u_tail(1)_
 L  c_u_tail(2)_
 L  c_u_tail(3)_
 L  c_u_decided(0_2_0)_
 L  c_u_one_way(0_2)_
 L  c_u_disjoint(0_2)_
 L  c_u_disjoint(2_0)_
 L  c_u_bus_early(0)_
 L  c_u_bus_early(1)_
 L  c_u_bus_early(2)_
 L  c_u_bus_late(0)_
 L  c_u_bus_late(1)_
 L  c_u_bus_late(2)_
 L  c_u_bus_decided(0_1)_
 L  c_u_bus_decided(0_2)_
 L  c_u_bus_decided(1_2)_
 L  c_u_bus_disjoint(0_1)_
 L  c_u_bus_disjoint(0_2)_
 L  c_u_bus_disjoint(1_0)_
 L  c_u_bus_disjoint(1_2)_
 L  c_u_bus_disjoint(2_0)_
 L  c_u_bus_disjoint(2_1)_
COLUMNS
     C makespan 1
     C c_u_tail(0)_ -1
     C c_u_tail(1)_ -1
     C c_u_tail(2)_ -1
     C c_u_tail(3)_ -1
     g(0_1) c_u_prefix(0_2)_ -1
     g(0_1) c_u_reach(0_1_1)_ -1
     g(0_1) c_u_hall(0)_ -1
     g(0_1) c_u_arrival(0_0)_ 60
     g(0_2) c_u_prefix(0_2)_ 1
     g(0_2) c_u_prefix(0_3)_ -1
     g(0_2) c_u_reach(0_1_2)_ -1
     g(0_2) c_u_hall(0)_ -1
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
     g(1_1) c_u_hall(2)_ -1
     g(1_1) c_u_arrival(1_1)_ 60
     g(1_2) c_u_prefix(1_2)_ 1
     g(1_2) c_u_prefix(1_3)_ -1
     g(1_2) c_u_reach(0_1_2)_ -1
     g(1_2) c_u_hall(2)_ -1
     g(1_2) c_u_arrival(1_1)_ 60
     g(1_3) c_u_prefix(1_3)_ 1
     g(1_3) c_u_prefix(1_4)_ -1
     g(1_3) c_u_reach(0_1_3)_ -1
     g(1_3) c_u_hall(2)_ -1
     g(1_3) c_u_arrival(1_1)_ 60
     g(1_4) c_u_prefix(1_4)_ 1
     g(1_4) c_u_reach(0_1_4)_ -1
     g(1_4) c_u_hall(3)_ -1
     g(1_4) c_u_arrival(1_1)_ 60
     h(0_1_1) c_u_reach(0_1_1)_ 1
     h(0_1_1) c_u_hall(4)_ -1
     h(0_1_2) c_u_reach(0_1_2)_ 1
     h(0_1_2) c_u_hall(4)_ -1
     h(0_1_3) c_u_reach(0_1_3)_ 1
     h(0_1_3) c_u_hall(4)_ -1
     h(0_1_4) c_u_reach(0_1_4)_ 1
     h(0_1_4) c_u_hall(5)_ -1
     x(0_0_0) c_u_hall(0)_ 1
     x(0_0_0) c_u_hall(4)_ 1
     x(0_0_0) c_l_delivery(0)_ 201
     x(0_0_1) c_u_hall(1)_ 1
     x(0_0_1) c_u_hall(5)_ 1
     x(0_0_1) c_l_delivery(0)_ 163
     x(1_0_0) c_u_hall(2)_ 1
     x(1_0_0) c_u_hall(4)_ 1
     x(1_0_0) c_l_delivery(1)_ 446
     x(1_0_1) c_u_hall(3)_ 1
     x(1_0_1) c_u_hall(5)_ 1
     x(1_0_1) c_l_delivery(1)_ 666
     a(0_0) c_e_one_core(0)_ 1
     a(0_0) c_e_from_core(1_0)_ -1
     a(0_0) c_u_transfer(1)_ 65
     a(0_0) c_u_head(0)_ 120
     a(0_0) c_u_tail(0)_ 381
     a(0_0) c_u_decided(0_2_0)_ 1
     a(0_0) c_u_disjoint(0_2)_ 65
     a(0_0) c_u_bus_early(1)_ 65
     a(1_2) c_e_one_core(1)_ 1
     a(1_2) c_e_from_core(0_2)_ -1
     a(1_2) c_u_transfer(0)_ 106
     a(1_2) c_u_head(1)_ 120
     a(1_2) c_u_tail(1)_ 520
     a(1_2) c_u_bus_early(0)_ 106
     a(2_0) c_e_one_core(2)_ 1
     a(2_0) c_e_from_core(2_0)_ -1
     a(2_0) c_e_to_core(0_0)_ -1
     a(2_0) c_u_transfer(2)_ 95
     a(2_0) c_u_head(2)_ 242
     a(2_0) c_u_tail(2)_ 398
     a(2_0) c_u_decided(0_2_0)_ 1
     a(2_0) c_u_disjoint(2_0)_ 95
     a(2_0) c_u_bus_early(2)_ 95
     a(2_1) c_e_one_core(2)_ 1
     a(2_1) c_e_from_core(2_1)_ -1
     a(2_1) c_e_to_core(0_1)_ -1
     a(2_1) c_u_transfer(2)_ 123
     a(2_1) c_u_head(2)_ 247
     a(2_1) c_u_tail(2)_ 431
     a(2_1) c_u_disjoint(2_0)_ 123
     a(2_1) c_u_bus_early(2)_ 123
     a(3_2) c_e_one_core(3)_ 1
     a(3_2) c_e_to_core(1_2)_ -1
     a(3_2) c_e_to_core(2_2)_ -1
     a(3_2) c_u_head(3)_ 437
     a(3_2) c_u_tail(3)_ 203
     s(0) c_u_transfer(1)_ 1
     s(0) c_u_arrival(0_0)_ -1
     s(0) c_u_head(0)_ -1
     s(0) c_u_tail(0)_ 1
     s(0) c_u_disjoint(0_2)_ 1
     s(0) c_u_disjoint(2_0)_ -1
     s(0) c_u_bus_early(1)_ 1
     s(1) c_u_transfer(0)_ 1
     s(1) c_u_arrival(1_1)_ -1
     s(1) c_u_head(1)_ -1
     s(1) c_u_tail(1)_ 1
     s(1) c_u_bus_early(0)_ 1
     s(2) c_u_transfer(0)_ -1
     s(2) c_u_transfer(2)_ 1
     s(2) c_u_head(2)_ -1
     s(2) c_u_tail(2)_ 1
     s(2) c_u_disjoint(0_2)_ -1
     s(2) c_u_disjoint(2_0)_ 1
     s(2) c_u_bus_early(2)_ 1
     s(2) c_u_bus_late(0)_ -1
     s(3) c_u_transfer(1)_ -1
     s(3) c_u_transfer(2)_ -1
     s(3) c_u_head(3)_ -1
     s(3) c_u_tail(3)_ 1
     s(3) c_u_bus_late(1)_ -1
     s(3) c_u_bus_late(2)_ -1
     w(0_2_0) c_e_from_core(0_2)_ 1
     w(0_2_0) c_e_to_core(0_0)_ 1
     w(0_2_0) c_u_transfer(0)_ 16
     w(0_2_0) c_u_bus_late(0)_ 16
     w(0_2_0) c_u_bus_decided(0_1)_ 1
     w(0_2_0) c_u_bus_decided(0_2)_ 1
     w(0_2_0) c_u_bus_disjoint(0_1)_ 16
     w(0_2_0) c_u_bus_disjoint(0_2)_ 16
     w(0_2_1) c_e_from_core(0_2)_ 1
     w(0_2_1) c_e_to_core(0_1)_ 1
     w(0_2_1) c_u_transfer(0)_ 21
     w(0_2_1) c_u_bus_late(0)_ 21
     w(0_2_1) c_u_bus_decided(0_1)_ 1
     w(0_2_1) c_u_bus_decided(0_2)_ 1
     w(0_2_1) c_u_bus_disjoint(0_1)_ 21
     w(0_2_1) c_u_bus_disjoint(0_2)_ 21
     w(1_0_2) c_e_from_core(1_0)_ 1
     w(1_0_2) c_e_to_core(1_2)_ 1
     w(1_0_2) c_u_transfer(1)_ 113
     w(1_0_2) c_u_bus_late(1)_ 113
     w(1_0_2) c_u_bus_decided(0_1)_ 1
     w(1_0_2) c_u_bus_decided(1_2)_ 1
     w(1_0_2) c_u_bus_disjoint(1_0)_ 113
     w(1_0_2) c_u_bus_disjoint(1_2)_ 113
     w(2_0_2) c_e_from_core(2_0)_ 1
     w(2_0_2) c_e_to_core(2_2)_ 1
     w(2_0_2) c_u_transfer(2)_ 100
     w(2_0_2) c_u_bus_late(2)_ 100
     w(2_0_2) c_u_bus_decided(0_2)_ 1
     w(2_0_2) c_u_bus_decided(1_2)_ 1
     w(2_0_2) c_u_bus_disjoint(2_0)_ 100
     w(2_0_2) c_u_bus_disjoint(2_1)_ 100
     w(2_1_2) c_e_from_core(2_1)_ 1
     w(2_1_2) c_e_to_core(2_2)_ 1
     w(2_1_2) c_u_transfer(2)_ 105
     w(2_1_2) c_u_bus_late(2)_ 105
     w(2_1_2) c_u_bus_decided(0_2)_ 1
     w(2_1_2) c_u_bus_decided(1_2)_ 1
     w(2_1_2) c_u_bus_disjoint(2_0)_ 105
     w(2_1_2) c_u_bus_disjoint(2_1)_ 105
     o(0_2) c_u_decided(0_2_0)_ -1
     o(0_2) c_u_one_way(0_2)_ 1
     o(0_2) c_u_disjoint(0_2)_ 423
     o(2_0) c_u_decided(0_2_0)_ -1
     o(2_0) c_u_one_way(0_2)_ 1
     o(2_0) c_u_disjoint(2_0)_ 558
     t(0) c_u_bus_early(0)_ -1
     t(0) c_u_bus_late(0)_ 1
     t(0) c_u_bus_disjoint(0_1)_ 1
     t(0) c_u_bus_disjoint(0_2)_ 1
     t(0) c_u_bus_disjoint(1_0)_ -1
     t(0) c_u_bus_disjoint(2_0)_ -1
     t(1) c_u_bus_early(1)_ -1
     t(1) c_u_bus_late(1)_ 1
     t(1) c_u_bus_disjoint(0_1)_ -1
     t(1) c_u_bus_disjoint(1_0)_ 1
     t(1) c_u_bus_disjoint(1_2)_ 1
     t(1) c_u_bus_disjoint(2_1)_ -1
     t(2) c_u_bus_early(2)_ -1
     t(2) c_u_bus_late(2)_ 1
     t(2) c_u_bus_disjoint(0_2)_ -1
     t(2) c_u_bus_disjoint(1_2)_ -1
     t(2) c_u_bus_disjoint(2_0)_ 1
     t(2) c_u_bus_disjoint(2_1)_ 1
     b(0_1) c_u_bus_decided(0_1)_ -1
     b(0_1) c_u_bus_disjoint(0_1)_ 981
     b(0_2) c_u_bus_decided(0_2)_ -1
     b(0_2) c_u_bus_disjoint(0_2)_ 981
     b(1_0) c_u_bus_decided(0_1)_ -1
     b(1_0) c_u_bus_disjoint(1_0)_ 981
     b(1_2) c_u_bus_decided(1_2)_ -1
     b(1_2) c_u_bus_disjoint(1_2)_ 981
     b(2_0) c_u_bus_decided(0_2)_ -1
     b(2_0) c_u_bus_disjoint(2_0)_ 981
     b(2_1) c_u_bus_decided(1_2)_ -1
     b(2_1) c_u_bus_disjoint(2_1)_ 981
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
     RHS c_l_delivery(0)_ 204
     RHS c_l_delivery(1)_ 666
     RHS c_e_one_core(0)_ 1
     RHS c_e_one_core(1)_ 1
     RHS c_e_one_core(2)_ 1
     RHS c_e_one_core(3)_ 1
     RHS c_e_from_core(0_2)_ 0
     RHS c_e_from_core(1_0)_ 0
     RHS c_e_from_core(2_0)_ 0
     RHS c_e_from_core(2_1)_ 0
     RHS c_e_to_core(0_0)_ 0
     RHS c_e_to_core(0_1)_ 0
     RHS c_e_to_core(1_2)_ 0
     RHS c_e_to_core(2_2)_ 0
     RHS c_u_transfer(0)_ 0
     RHS c_u_transfer(1)_ 0
     RHS c_u_transfer(2)_ 0
     RHS c_u_arrival(0_0)_ 0
     RHS c_u_arrival(1_1)_ 0
     RHS c_u_head(0)_ 0
     RHS c_u_head(1)_ 0
     RHS c_u_head(2)_ 0
     RHS c_u_head(3)_ 0
     RHS c_u_tail(0)_ 0
     RHS c_u_tail(1)_ 0
     RHS c_u_tail(2)_ 0
     RHS c_u_tail(3)_ 0
     RHS c_u_decided(0_2_0)_ 1
     RHS c_u_one_way(0_2)_ 1
     RHS c_u_disjoint(0_2)_ 423
     RHS c_u_disjoint(2_0)_ 558
     RHS c_u_bus_early(0)_ 0
     RHS c_u_bus_early(1)_ 0
     RHS c_u_bus_early(2)_ 0
     RHS c_u_bus_late(0)_ 0
     RHS c_u_bus_late(1)_ 0
     RHS c_u_bus_late(2)_ 0
     RHS c_u_bus_decided(0_1)_ 1
     RHS c_u_bus_decided(0_2)_ 1
     RHS c_u_bus_decided(1_2)_ 1
     RHS c_u_bus_disjoint(0_1)_ 981
     RHS c_u_bus_disjoint(0_2)_ 981
     RHS c_u_bus_disjoint(1_0)_ 981
     RHS c_u_bus_disjoint(1_2)_ 981
     RHS c_u_bus_disjoint(2_0)_ 981
     RHS c_u_bus_disjoint(2_1)_ 981
BOUNDS
 LO BOUND C 0
 UP BOUND C 981
 LI BOUND g(0_1) 1
 UI BOUND g(0_1) 1
 LI BOUND g(0_2) 1
 UI BOUND g(0_2) 1
 BV BOUND g(0_3)
 BV BOUND g(0_4)
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
 LI BOUND x(0_0_0) 0
 UI BOUND x(0_0_0) 3
 LI BOUND x(0_0_1) 0
 UI BOUND x(0_0_1) 1
 LI BOUND x(1_0_0) 0
 UI BOUND x(1_0_0) 3
 LI BOUND x(1_0_1) 0
 UI BOUND x(1_0_1) 1
 BV BOUND a(0_0)
 BV BOUND a(1_2)
 BV BOUND a(2_0)
 BV BOUND a(2_1)
 BV BOUND a(3_2)
 LO BOUND s(0) 0
 UP BOUND s(0) 981
 LO BOUND s(1) 0
 UP BOUND s(1) 981
 LO BOUND s(2) 0
 UP BOUND s(2) 981
 LO BOUND s(3) 0
 UP BOUND s(3) 981
 LO BOUND w(0_2_0) 0
 UP BOUND w(0_2_0) 1
 LO BOUND w(0_2_1) 0
 UP BOUND w(0_2_1) 1
 LO BOUND w(1_0_2) 0
 UP BOUND w(1_0_2) 1
 LO BOUND w(2_0_2) 0
 UP BOUND w(2_0_2) 1
 LO BOUND w(2_1_2) 0
 UP BOUND w(2_1_2) 1
 BV BOUND o(0_2)
 BV BOUND o(2_0)
 LO BOUND t(0) 0
 UP BOUND t(0) 981
 LO BOUND t(1) 0
 UP BOUND t(1) 981
 LO BOUND t(2) 0
 UP BOUND t(2) 981
 BV BOUND b(0_1)
 BV BOUND b(0_2)
 BV BOUND b(1_0)
 BV BOUND b(1_2)
 BV BOUND b(2_0)
 BV BOUND b(2_1)
ENDATA
