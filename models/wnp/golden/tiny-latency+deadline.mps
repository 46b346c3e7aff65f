NAME tiny-latency+deadline
ROWS
 N  latency
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
 E  c_e_from_core(1_1)_
 E  c_e_from_core(1_2)_
 E  c_e_from_core(2_0)_
 E  c_e_from_core(2_1)_
 E  c_e_to_core(0_1)_
 E  c_e_to_core(0_2)_
 E  c_e_to_core(1_0)_
 E  c_e_to_core(1_1)_
 E  c_e_to_core(1_2)_
 E  c_e_to_core(2_0)_
 E  c_e_to_core(2_1)_
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
 L  c_u_decided(0_2_1)_
 L  c_u_decided(1_2_1)_
 L  c_u_one_way(0_2)_
 L  c_u_one_way(1_2)_
 L  c_u_disjoint(0_2)_
 L  c_u_disjoint(1_2)_
 L  c_u_disjoint(2_0)_
 L  c_u_disjoint(2_1)_
 L  c_u_job_end(0_0)_
 L  c_u_job_end(0_1)_
 L  c_u_job_end(1_2)_
 L  c_u_job_end(1_3)_
COLUMNS
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
     x(0_0_0) c_l_delivery(0)_ 100
     x(0_0_1) c_u_hall(1)_ 1
     x(0_0_1) c_u_hall(5)_ 1
     x(0_0_1) c_l_delivery(0)_ 264
     x(1_0_0) c_u_hall(2)_ 1
     x(1_0_0) c_u_hall(4)_ 1
     x(1_0_0) c_l_delivery(1)_ 477
     x(1_0_1) c_u_hall(3)_ 1
     x(1_0_1) c_u_hall(5)_ 1
     x(1_0_1) c_l_delivery(1)_ 248
     a(0_0) c_e_one_core(0)_ 1
     a(0_0) c_e_from_core(0_0)_ -1
     a(0_0) c_u_transfer(0)_ 237
     a(0_0) c_u_head(0)_ 120
     a(0_0) c_u_tail(0)_ 446
     a(0_0) c_u_decided(0_2_0)_ 1
     a(0_0) c_u_disjoint(0_2)_ 237
     a(0_0) c_u_job_end(0_0)_ 237
     a(0_1) c_e_one_core(0)_ 1
     a(0_1) c_e_from_core(0_1)_ -1
     a(0_1) c_u_transfer(0)_ 175
     a(0_1) c_u_head(0)_ 120
     a(0_1) c_u_tail(0)_ 389
     a(0_1) c_u_decided(0_2_1)_ 1
     a(0_1) c_u_disjoint(0_2)_ 175
     a(0_1) c_u_job_end(0_0)_ 175
     a(0_2) c_e_one_core(0)_ 1
     a(0_2) c_e_from_core(0_2)_ -1
     a(0_2) c_u_transfer(0)_ 190
     a(0_2) c_u_head(0)_ 120
     a(0_2) c_u_tail(0)_ 384
     a(0_2) c_u_disjoint(0_2)_ 190
     a(0_2) c_u_job_end(0_0)_ 190
     a(1_1) c_e_one_core(1)_ 1
     a(1_1) c_e_from_core(1_1)_ -1
     a(1_1) c_e_to_core(0_1)_ -1
     a(1_1) c_u_transfer(1)_ 117
     a(1_1) c_u_head(1)_ 295
     a(1_1) c_u_tail(1)_ 228
     a(1_1) c_u_decided(1_2_1)_ 1
     a(1_1) c_u_disjoint(1_2)_ 117
     a(1_1) c_u_job_end(0_1)_ 117
     a(1_2) c_e_one_core(1)_ 1
     a(1_2) c_e_from_core(1_2)_ -1
     a(1_2) c_e_to_core(0_2)_ -1
     a(1_2) c_u_transfer(1)_ 131
     a(1_2) c_u_head(1)_ 310
     a(1_2) c_u_tail(1)_ 194
     a(1_2) c_u_disjoint(1_2)_ 131
     a(1_2) c_u_job_end(0_1)_ 131
     a(2_0) c_e_one_core(2)_ 1
     a(2_0) c_e_from_core(2_0)_ -1
     a(2_0) c_u_transfer(2)_ 78
     a(2_0) c_u_head(2)_ 120
     a(2_0) c_u_tail(2)_ 154
     a(2_0) c_u_decided(0_2_0)_ 1
     a(2_0) c_u_disjoint(2_0)_ 78
     a(2_0) c_u_disjoint(2_1)_ 78
     a(2_0) c_u_job_end(1_2)_ 78
     a(2_1) c_e_one_core(2)_ 1
     a(2_1) c_e_from_core(2_1)_ -1
     a(2_1) c_u_transfer(2)_ 110
     a(2_1) c_u_head(2)_ 120
     a(2_1) c_u_tail(2)_ 221
     a(2_1) c_u_decided(0_2_1)_ 1
     a(2_1) c_u_decided(1_2_1)_ 1
     a(2_1) c_u_disjoint(2_0)_ 110
     a(2_1) c_u_disjoint(2_1)_ 110
     a(2_1) c_u_job_end(1_2)_ 110
     a(3_0) c_e_one_core(3)_ 1
     a(3_0) c_e_to_core(1_0)_ -1
     a(3_0) c_e_to_core(2_0)_ -1
     a(3_0) c_u_head(3)_ 563
     a(3_0) c_u_tail(3)_ 76
     a(3_0) c_u_job_end(1_3)_ 76
     a(3_1) c_e_one_core(3)_ 1
     a(3_1) c_e_to_core(1_1)_ -1
     a(3_1) c_e_to_core(2_1)_ -1
     a(3_1) c_u_head(3)_ 412
     a(3_1) c_u_tail(3)_ 111
     a(3_1) c_u_job_end(1_3)_ 111
     a(3_2) c_e_one_core(3)_ 1
     a(3_2) c_e_to_core(1_2)_ -1
     a(3_2) c_e_to_core(2_2)_ -1
     a(3_2) c_u_head(3)_ 441
     a(3_2) c_u_tail(3)_ 63
     a(3_2) c_u_job_end(1_3)_ 63
     s(0) c_u_transfer(0)_ 1
     s(0) c_u_arrival(0_0)_ -1
     s(0) c_u_head(0)_ -1
     s(0) c_u_tail(0)_ 1
     s(0) c_u_disjoint(0_2)_ 1
     s(0) c_u_disjoint(2_0)_ -1
     s(0) c_u_job_end(0_0)_ 1
     s(1) c_u_transfer(0)_ -1
     s(1) c_u_transfer(1)_ 1
     s(1) c_u_head(1)_ -1
     s(1) c_u_tail(1)_ 1
     s(1) c_u_disjoint(1_2)_ 1
     s(1) c_u_disjoint(2_1)_ -1
     s(1) c_u_job_end(0_1)_ 1
     s(2) c_u_transfer(2)_ 1
     s(2) c_u_arrival(1_2)_ -1
     s(2) c_u_head(2)_ -1
     s(2) c_u_tail(2)_ 1
     s(2) c_u_disjoint(0_2)_ -1
     s(2) c_u_disjoint(1_2)_ -1
     s(2) c_u_disjoint(2_0)_ 1
     s(2) c_u_disjoint(2_1)_ 1
     s(2) c_u_job_end(1_2)_ 1
     s(3) c_u_transfer(1)_ -1
     s(3) c_u_transfer(2)_ -1
     s(3) c_u_head(3)_ -1
     s(3) c_u_tail(3)_ 1
     s(3) c_u_job_end(1_3)_ 1
     w(0_0_1) c_e_from_core(0_0)_ 1
     w(0_0_1) c_e_to_core(0_1)_ 1
     w(0_0_1) c_u_transfer(0)_ 15
     w(0_0_2) c_e_from_core(0_0)_ 1
     w(0_0_2) c_e_to_core(0_2)_ 1
     w(0_0_2) c_u_transfer(0)_ 15
     w(0_1_1) c_e_from_core(0_1)_ 1
     w(0_1_1) c_e_to_core(0_1)_ 1
     w(0_1_2) c_e_from_core(0_1)_ 1
     w(0_1_2) c_e_to_core(0_2)_ 1
     w(0_1_2) c_u_transfer(0)_ 20
     w(0_2_1) c_e_from_core(0_2)_ 1
     w(0_2_1) c_e_to_core(0_1)_ 1
     w(0_2_1) c_u_transfer(0)_ 20
     w(0_2_2) c_e_from_core(0_2)_ 1
     w(0_2_2) c_e_to_core(0_2)_ 1
     w(1_1_0) c_e_from_core(1_1)_ 1
     w(1_1_0) c_e_to_core(1_0)_ 1
     w(1_1_0) c_u_transfer(1)_ 151
     w(1_1_1) c_e_from_core(1_1)_ 1
     w(1_1_1) c_e_to_core(1_1)_ 1
     w(1_1_2) c_e_from_core(1_1)_ 1
     w(1_1_2) c_e_to_core(1_2)_ 1
     w(1_1_2) c_u_transfer(1)_ 156
     w(1_2_0) c_e_from_core(1_2)_ 1
     w(1_2_0) c_e_to_core(1_0)_ 1
     w(1_2_0) c_u_transfer(1)_ 151
     w(1_2_1) c_e_from_core(1_2)_ 1
     w(1_2_1) c_e_to_core(1_1)_ 1
     w(1_2_1) c_u_transfer(1)_ 156
     w(1_2_2) c_e_from_core(1_2)_ 1
     w(1_2_2) c_e_to_core(1_2)_ 1
     w(2_0_0) c_e_from_core(2_0)_ 1
     w(2_0_0) c_e_to_core(2_0)_ 1
     w(2_0_1) c_e_from_core(2_0)_ 1
     w(2_0_1) c_e_to_core(2_1)_ 1
     w(2_0_1) c_u_transfer(2)_ 47
     w(2_0_2) c_e_from_core(2_0)_ 1
     w(2_0_2) c_e_to_core(2_2)_ 1
     w(2_0_2) c_u_transfer(2)_ 47
     w(2_1_0) c_e_from_core(2_1)_ 1
     w(2_1_0) c_e_to_core(2_0)_ 1
     w(2_1_0) c_u_transfer(2)_ 47
     w(2_1_1) c_e_from_core(2_1)_ 1
     w(2_1_1) c_e_to_core(2_1)_ 1
     w(2_1_2) c_e_from_core(2_1)_ 1
     w(2_1_2) c_e_to_core(2_2)_ 1
     w(2_1_2) c_u_transfer(2)_ 52
     o(0_2) c_u_decided(0_2_0)_ -1
     o(0_2) c_u_decided(0_2_1)_ -1
     o(0_2) c_u_one_way(0_2)_ 1
     o(0_2) c_u_disjoint(0_2)_ 743
     o(1_2) c_u_decided(1_2_1)_ -1
     o(1_2) c_u_one_way(1_2)_ 1
     o(1_2) c_u_disjoint(1_2)_ 874
     o(2_0) c_u_decided(0_2_0)_ -1
     o(2_0) c_u_decided(0_2_1)_ -1
     o(2_0) c_u_one_way(0_2)_ 1
     o(2_0) c_u_disjoint(2_0)_ 861
     o(2_1) c_u_decided(1_2_1)_ -1
     o(2_1) c_u_one_way(1_2)_ 1
     o(2_1) c_u_disjoint(2_1)_ 686
     L(0) latency 4
     L(0) c_u_job_end(0_0)_ -1
     L(0) c_u_job_end(0_1)_ -1
     L(1) latency 1
     L(1) c_u_job_end(1_2)_ -1
     L(1) c_u_job_end(1_3)_ -1
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
     RHS c_l_delivery(0)_ 153
     RHS c_l_delivery(1)_ 548
     RHS c_e_one_core(0)_ 1
     RHS c_e_one_core(1)_ 1
     RHS c_e_one_core(2)_ 1
     RHS c_e_one_core(3)_ 1
     RHS c_e_from_core(0_0)_ 0
     RHS c_e_from_core(0_1)_ 0
     RHS c_e_from_core(0_2)_ 0
     RHS c_e_from_core(1_1)_ 0
     RHS c_e_from_core(1_2)_ 0
     RHS c_e_from_core(2_0)_ 0
     RHS c_e_from_core(2_1)_ 0
     RHS c_e_to_core(0_1)_ 0
     RHS c_e_to_core(0_2)_ 0
     RHS c_e_to_core(1_0)_ 0
     RHS c_e_to_core(1_1)_ 0
     RHS c_e_to_core(1_2)_ 0
     RHS c_e_to_core(2_0)_ 0
     RHS c_e_to_core(2_1)_ 0
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
     RHS c_u_decided(0_2_1)_ 1
     RHS c_u_decided(1_2_1)_ 1
     RHS c_u_one_way(0_2)_ 1
     RHS c_u_one_way(1_2)_ 1
     RHS c_u_disjoint(0_2)_ 743
     RHS c_u_disjoint(1_2)_ 874
     RHS c_u_disjoint(2_0)_ 861
     RHS c_u_disjoint(2_1)_ 686
     RHS c_u_job_end(0_0)_ 0
     RHS c_u_job_end(0_1)_ 0
     RHS c_u_job_end(1_2)_ 0
     RHS c_u_job_end(1_3)_ 0
BOUNDS
 LO BOUND C 0
 UP BOUND C 1057
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
 BV BOUND a(0_1)
 BV BOUND a(0_2)
 BV BOUND a(1_1)
 BV BOUND a(1_2)
 BV BOUND a(2_0)
 BV BOUND a(2_1)
 BV BOUND a(3_0)
 BV BOUND a(3_1)
 BV BOUND a(3_2)
 LO BOUND s(0) 0
 UP BOUND s(0) 1057
 LO BOUND s(1) 0
 UP BOUND s(1) 1057
 LO BOUND s(2) 0
 UP BOUND s(2) 1057
 LO BOUND s(3) 0
 UP BOUND s(3) 1057
 LO BOUND w(0_0_1) 0
 UP BOUND w(0_0_1) 1
 LO BOUND w(0_0_2) 0
 UP BOUND w(0_0_2) 1
 LO BOUND w(0_1_1) 0
 UP BOUND w(0_1_1) 1
 LO BOUND w(0_1_2) 0
 UP BOUND w(0_1_2) 1
 LO BOUND w(0_2_1) 0
 UP BOUND w(0_2_1) 1
 LO BOUND w(0_2_2) 0
 UP BOUND w(0_2_2) 1
 LO BOUND w(1_1_0) 0
 UP BOUND w(1_1_0) 1
 LO BOUND w(1_1_1) 0
 UP BOUND w(1_1_1) 1
 LO BOUND w(1_1_2) 0
 UP BOUND w(1_1_2) 1
 LO BOUND w(1_2_0) 0
 UP BOUND w(1_2_0) 1
 LO BOUND w(1_2_1) 0
 UP BOUND w(1_2_1) 1
 LO BOUND w(1_2_2) 0
 UP BOUND w(1_2_2) 1
 LO BOUND w(2_0_0) 0
 UP BOUND w(2_0_0) 1
 LO BOUND w(2_0_1) 0
 UP BOUND w(2_0_1) 1
 LO BOUND w(2_0_2) 0
 UP BOUND w(2_0_2) 1
 LO BOUND w(2_1_0) 0
 UP BOUND w(2_1_0) 1
 LO BOUND w(2_1_1) 0
 UP BOUND w(2_1_1) 1
 LO BOUND w(2_1_2) 0
 UP BOUND w(2_1_2) 1
 BV BOUND o(0_2)
 BV BOUND o(1_2)
 BV BOUND o(2_0)
 BV BOUND o(2_1)
 LO BOUND L(0) 0
 UP BOUND L(0) 509
 LO BOUND L(1) 0
 UP BOUND L(1) 509
ENDATA
