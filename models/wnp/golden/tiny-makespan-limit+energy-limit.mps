NAME tiny-makespan-limit+energy-limit
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
 E  c_e_from_core(0_0)_
 E  c_e_from_core(0_1)_
 E  c_e_from_core(0_2)_
 E  c_e_from_core(1_0)_
 E  c_e_from_core(1_1)_
 E  c_e_from_core(1_2)_
 E  c_e_from_core(2_0)_
 E  c_e_from_core(2_1)_
 E  c_e_to_core(0_0)_
 E  c_e_to_core(0_1)_
 E  c_e_to_core(0_2)_
 E  c_e_to_core(1_0)_
 E  c_e_to_core(1_1)_
 E  c_e_to_core(2_0)_
 E  c_e_to_core(2_1)_
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
 L  c_u_decided(0_2_1)_
 L  c_u_decided(1_2_0)_
 L  c_u_decided(1_2_1)_
 L  c_u_one_way(0_2)_
 L  c_u_one_way(1_2)_
 L  c_u_disjoint(0_2)_
 L  c_u_disjoint(1_2)_
 L  c_u_disjoint(2_0)_
 L  c_u_disjoint(2_1)_
 L  c_u_makespan_limit_
 L  c_u_energy_limit_
COLUMNS
     C makespan 1
     C c_u_tail(0)_ -1
     C c_u_tail(1)_ -1
     C c_u_tail(2)_ -1
     C c_u_tail(3)_ -1
     C c_u_makespan_limit_ 1
     C c_u_energy_limit_ 2.9511096878809071
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
     g(1_1) c_u_arrival(1_2)_ 60
     g(1_2) c_u_prefix(1_2)_ 1
     g(1_2) c_u_prefix(1_3)_ -1
     g(1_2) c_u_reach(0_1_2)_ -1
     g(1_2) c_u_hall(2)_ -1
     g(1_2) c_u_arrival(1_2)_ 60
     g(1_3) c_u_prefix(1_3)_ 1
     g(1_3) c_u_prefix(1_4)_ -1
     g(1_3) c_u_reach(0_1_3)_ -1
     g(1_3) c_u_hall(2)_ -1
     g(1_3) c_u_arrival(1_2)_ 60
     g(1_4) c_u_prefix(1_4)_ 1
     g(1_4) c_u_reach(0_1_4)_ -1
     g(1_4) c_u_hall(3)_ -1
     g(1_4) c_u_arrival(1_2)_ 60
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
     x(0_0_0) c_l_delivery(0)_ 347
     x(0_0_0) c_u_energy_limit_ 92.810829944658849
     x(0_0_1) c_u_hall(1)_ 1
     x(0_0_1) c_u_hall(5)_ 1
     x(0_0_1) c_l_delivery(0)_ 98
     x(0_0_1) c_u_energy_limit_ 92.810829944658849
     x(1_0_0) c_u_hall(2)_ 1
     x(1_0_0) c_u_hall(4)_ 1
     x(1_0_0) c_l_delivery(1)_ 367
     x(1_0_0) c_u_energy_limit_ 88.10161235761484
     x(1_0_1) c_u_hall(3)_ 1
     x(1_0_1) c_u_hall(5)_ 1
     x(1_0_1) c_l_delivery(1)_ 556
     x(1_0_1) c_u_energy_limit_ 88.10161235761484
     a(0_0) c_e_one_core(0)_ 1
     a(0_0) c_e_from_core(0_0)_ -1
     a(0_0) c_u_transfer(0)_ 291
     a(0_0) c_u_head(0)_ 60
     a(0_0) c_u_tail(0)_ 429
     a(0_0) c_u_decided(0_2_0)_ 1
     a(0_0) c_u_disjoint(0_2)_ 291
     a(0_0) c_u_energy_limit_ 822.22939069788242
     a(0_1) c_e_one_core(0)_ 1
     a(0_1) c_e_from_core(0_1)_ -1
     a(0_1) c_u_transfer(0)_ 150
     a(0_1) c_u_head(0)_ 60
     a(0_1) c_u_tail(0)_ 270
     a(0_1) c_u_decided(0_2_1)_ 1
     a(0_1) c_u_disjoint(0_2)_ 150
     a(0_1) c_u_energy_limit_ 892.39673274483812
     a(0_2) c_e_one_core(0)_ 1
     a(0_2) c_e_from_core(0_2)_ -1
     a(0_2) c_u_transfer(0)_ 152
     a(0_2) c_u_head(0)_ 60
     a(0_2) c_u_tail(0)_ 295
     a(0_2) c_u_disjoint(0_2)_ 152
     a(0_2) c_u_energy_limit_ 460.49869044507597
     a(1_0) c_e_one_core(1)_ 1
     a(1_0) c_e_from_core(1_0)_ -1
     a(1_0) c_e_to_core(0_0)_ -1
     a(1_0) c_u_transfer(1)_ 147
     a(1_0) c_u_head(1)_ 228
     a(1_0) c_u_tail(1)_ 184
     a(1_0) c_u_decided(1_2_0)_ 1
     a(1_0) c_u_disjoint(1_2)_ 147
     a(1_0) c_u_energy_limit_ 415.35299117728084
     a(1_1) c_e_one_core(1)_ 1
     a(1_1) c_e_from_core(1_1)_ -1
     a(1_1) c_e_to_core(0_1)_ -1
     a(1_1) c_u_transfer(1)_ 83
     a(1_1) c_u_head(1)_ 210
     a(1_1) c_u_tail(1)_ 120
     a(1_1) c_u_decided(1_2_1)_ 1
     a(1_1) c_u_disjoint(1_2)_ 83
     a(1_1) c_u_energy_limit_ 493.79285878547711
     a(1_2) c_e_one_core(1)_ 1
     a(1_2) c_e_from_core(1_2)_ -1
     a(1_2) c_e_to_core(0_2)_ -1
     a(1_2) c_u_transfer(1)_ 86
     a(1_2) c_u_head(1)_ 212
     a(1_2) c_u_tail(1)_ 305
     a(1_2) c_u_disjoint(1_2)_ 86
     a(1_2) c_u_energy_limit_ 260.54531169918772
     a(2_0) c_e_one_core(2)_ 1
     a(2_0) c_e_from_core(2_0)_ -1
     a(2_0) c_u_transfer(2)_ 222
     a(2_0) c_u_head(2)_ 120
     a(2_0) c_u_tail(2)_ 259
     a(2_0) c_u_decided(0_2_0)_ 1
     a(2_0) c_u_decided(1_2_0)_ 1
     a(2_0) c_u_disjoint(2_0)_ 222
     a(2_0) c_u_disjoint(2_1)_ 222
     a(2_0) c_u_energy_limit_ 627.26778259426089
     a(2_1) c_e_one_core(2)_ 1
     a(2_1) c_e_from_core(2_1)_ -1
     a(2_1) c_u_transfer(2)_ 74
     a(2_1) c_u_head(2)_ 120
     a(2_1) c_u_tail(2)_ 111
     a(2_1) c_u_decided(0_2_1)_ 1
     a(2_1) c_u_decided(1_2_1)_ 1
     a(2_1) c_u_disjoint(2_0)_ 74
     a(2_1) c_u_disjoint(2_1)_ 74
     a(2_1) c_u_energy_limit_ 440.2490548207868
     a(3_0) c_e_one_core(3)_ 1
     a(3_0) c_e_to_core(1_0)_ -1
     a(3_0) c_e_to_core(2_0)_ -1
     a(3_0) c_u_head(3)_ 375
     a(3_0) c_u_tail(3)_ 37
     a(3_0) c_u_energy_limit_ 104.54463043237681
     a(3_1) c_e_one_core(3)_ 1
     a(3_1) c_e_to_core(1_1)_ -1
     a(3_1) c_e_to_core(2_1)_ -1
     a(3_1) c_u_head(3)_ 293
     a(3_1) c_u_tail(3)_ 37
     a(3_1) c_u_energy_limit_ 220.1245274103934
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
     w(0_0_1) c_u_transfer(0)_ 18
     w(0_0_1) c_u_energy_limit_ 7.6524785789465009
     w(0_0_2) c_e_from_core(0_0)_ 1
     w(0_0_2) c_e_to_core(0_2)_ 1
     w(0_0_2) c_u_transfer(0)_ 18
     w(0_0_2) c_u_energy_limit_ 7.6524785789465009
     w(0_1_0) c_e_from_core(0_1)_ 1
     w(0_1_0) c_e_to_core(0_0)_ 1
     w(0_1_0) c_u_transfer(0)_ 18
     w(0_1_0) c_u_energy_limit_ 7.6524785789465009
     w(0_1_1) c_e_from_core(0_1)_ 1
     w(0_1_1) c_e_to_core(0_1)_ 1
     w(0_1_2) c_e_from_core(0_1)_ 1
     w(0_1_2) c_e_to_core(0_2)_ 1
     w(0_1_2) c_u_transfer(0)_ 23
     w(0_1_2) c_u_energy_limit_ 15.304957157893002
     w(0_2_0) c_e_from_core(0_2)_ 1
     w(0_2_0) c_e_to_core(0_0)_ 1
     w(0_2_0) c_u_transfer(0)_ 18
     w(0_2_0) c_u_energy_limit_ 7.6524785789465009
     w(0_2_1) c_e_from_core(0_2)_ 1
     w(0_2_1) c_e_to_core(0_1)_ 1
     w(0_2_1) c_u_transfer(0)_ 23
     w(0_2_1) c_u_energy_limit_ 15.304957157893002
     w(0_2_2) c_e_from_core(0_2)_ 1
     w(0_2_2) c_e_to_core(0_2)_ 1
     w(1_0_0) c_e_from_core(1_0)_ 1
     w(1_0_0) c_e_to_core(1_0)_ 1
     w(1_0_1) c_e_from_core(1_0)_ 1
     w(1_0_1) c_e_to_core(1_1)_ 1
     w(1_0_1) c_u_transfer(1)_ 182
     w(1_0_1) c_u_energy_limit_ 111.0001828746163
     w(1_1_0) c_e_from_core(1_1)_ 1
     w(1_1_0) c_e_to_core(1_0)_ 1
     w(1_1_0) c_u_transfer(1)_ 182
     w(1_1_0) c_u_energy_limit_ 111.0001828746163
     w(1_1_1) c_e_from_core(1_1)_ 1
     w(1_1_1) c_e_to_core(1_1)_ 1
     w(1_2_0) c_e_from_core(1_2)_ 1
     w(1_2_0) c_e_to_core(1_0)_ 1
     w(1_2_0) c_u_transfer(1)_ 182
     w(1_2_0) c_u_energy_limit_ 111.0001828746163
     w(1_2_1) c_e_from_core(1_2)_ 1
     w(1_2_1) c_e_to_core(1_1)_ 1
     w(1_2_1) c_u_transfer(1)_ 187
     w(1_2_1) c_u_energy_limit_ 222.0003657492326
     w(2_0_0) c_e_from_core(2_0)_ 1
     w(2_0_0) c_e_to_core(2_0)_ 1
     w(2_0_1) c_e_from_core(2_0)_ 1
     w(2_0_1) c_e_to_core(2_1)_ 1
     w(2_0_1) c_u_transfer(2)_ 220
     w(2_0_1) c_u_energy_limit_ 134.46778385005223
     w(2_1_0) c_e_from_core(2_1)_ 1
     w(2_1_0) c_e_to_core(2_0)_ 1
     w(2_1_0) c_u_transfer(2)_ 220
     w(2_1_0) c_u_energy_limit_ 134.46778385005223
     w(2_1_1) c_e_from_core(2_1)_ 1
     w(2_1_1) c_e_to_core(2_1)_ 1
     o(0_2) c_u_decided(0_2_0)_ -1
     o(0_2) c_u_decided(0_2_1)_ -1
     o(0_2) c_u_one_way(0_2)_ 1
     o(0_2) c_u_disjoint(0_2)_ 1132
     o(1_2) c_u_decided(1_2_0)_ -1
     o(1_2) c_u_decided(1_2_1)_ -1
     o(1_2) c_u_one_way(1_2)_ 1
     o(1_2) c_u_disjoint(1_2)_ 1215
     o(2_0) c_u_decided(0_2_0)_ -1
     o(2_0) c_u_decided(0_2_1)_ -1
     o(2_0) c_u_one_way(0_2)_ 1
     o(2_0) c_u_disjoint(2_0)_ 1275
     o(2_1) c_u_decided(1_2_0)_ -1
     o(2_1) c_u_decided(1_2_1)_ -1
     o(2_1) c_u_one_way(1_2)_ 1
     o(2_1) c_u_disjoint(2_1)_ 1125
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
     RHS c_l_delivery(0)_ 318
     RHS c_l_delivery(1)_ 531
     RHS c_e_one_core(0)_ 1
     RHS c_e_one_core(1)_ 1
     RHS c_e_one_core(2)_ 1
     RHS c_e_one_core(3)_ 1
     RHS c_e_from_core(0_0)_ 0
     RHS c_e_from_core(0_1)_ 0
     RHS c_e_from_core(0_2)_ 0
     RHS c_e_from_core(1_0)_ 0
     RHS c_e_from_core(1_1)_ 0
     RHS c_e_from_core(1_2)_ 0
     RHS c_e_from_core(2_0)_ 0
     RHS c_e_from_core(2_1)_ 0
     RHS c_e_to_core(0_0)_ 0
     RHS c_e_to_core(0_1)_ 0
     RHS c_e_to_core(0_2)_ 0
     RHS c_e_to_core(1_0)_ 0
     RHS c_e_to_core(1_1)_ 0
     RHS c_e_to_core(2_0)_ 0
     RHS c_e_to_core(2_1)_ 0
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
     RHS c_u_decided(0_2_1)_ 1
     RHS c_u_decided(1_2_0)_ 1
     RHS c_u_decided(1_2_1)_ 1
     RHS c_u_one_way(0_2)_ 1
     RHS c_u_one_way(1_2)_ 1
     RHS c_u_disjoint(0_2)_ 1132
     RHS c_u_disjoint(1_2)_ 1215
     RHS c_u_disjoint(2_0)_ 1275
     RHS c_u_disjoint(2_1)_ 1125
     RHS c_u_makespan_limit_ 490
     RHS c_u_energy_limit_ 3139.4783945021459
BOUNDS
 LO BOUND C 0
 UP BOUND C 1372
 LI BOUND g(0_1) 1
 UI BOUND g(0_1) 1
 BV BOUND g(0_2)
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
 BV BOUND a(0_1)
 BV BOUND a(0_2)
 BV BOUND a(1_0)
 BV BOUND a(1_1)
 BV BOUND a(1_2)
 BV BOUND a(2_0)
 BV BOUND a(2_1)
 BV BOUND a(3_0)
 BV BOUND a(3_1)
 LO BOUND s(0) 0
 UP BOUND s(0) 1372
 LO BOUND s(1) 0
 UP BOUND s(1) 1372
 LO BOUND s(2) 0
 UP BOUND s(2) 1372
 LO BOUND s(3) 0
 UP BOUND s(3) 1372
 LO BOUND w(0_0_0) 0
 UP BOUND w(0_0_0) 1
 LO BOUND w(0_0_1) 0
 UP BOUND w(0_0_1) 1
 LO BOUND w(0_0_2) 0
 UP BOUND w(0_0_2) 1
 LO BOUND w(0_1_0) 0
 UP BOUND w(0_1_0) 1
 LO BOUND w(0_1_1) 0
 UP BOUND w(0_1_1) 1
 LO BOUND w(0_1_2) 0
 UP BOUND w(0_1_2) 1
 LO BOUND w(0_2_0) 0
 UP BOUND w(0_2_0) 1
 LO BOUND w(0_2_1) 0
 UP BOUND w(0_2_1) 1
 LO BOUND w(0_2_2) 0
 UP BOUND w(0_2_2) 1
 LO BOUND w(1_0_0) 0
 UP BOUND w(1_0_0) 1
 LO BOUND w(1_0_1) 0
 UP BOUND w(1_0_1) 1
 LO BOUND w(1_1_0) 0
 UP BOUND w(1_1_0) 1
 LO BOUND w(1_1_1) 0
 UP BOUND w(1_1_1) 1
 LO BOUND w(1_2_0) 0
 UP BOUND w(1_2_0) 1
 LO BOUND w(1_2_1) 0
 UP BOUND w(1_2_1) 1
 LO BOUND w(2_0_0) 0
 UP BOUND w(2_0_0) 1
 LO BOUND w(2_0_1) 0
 UP BOUND w(2_0_1) 1
 LO BOUND w(2_1_0) 0
 UP BOUND w(2_1_0) 1
 LO BOUND w(2_1_1) 0
 UP BOUND w(2_1_1) 1
 BV BOUND o(0_2)
 BV BOUND o(1_2)
 BV BOUND o(2_0)
 BV BOUND o(2_1)
ENDATA
