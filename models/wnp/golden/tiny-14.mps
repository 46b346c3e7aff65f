NAME tiny-14
ROWS
 N  makespan
 L  c_u_prefix(0_2)_
 L  c_u_prefix(0_3)_
 L  c_u_prefix(0_4)_
 L  c_u_prefix(0_5)_
 L  c_u_prefix(1_2)_
 L  c_u_prefix(1_3)_
 L  c_u_prefix(1_4)_
 L  c_u_prefix(1_5)_
 L  c_u_prefix(2_2)_
 L  c_u_prefix(2_3)_
 L  c_u_prefix(2_4)_
 L  c_u_prefix(2_5)_
 L  c_u_reach(0_1_1)_
 L  c_u_reach(0_1_2)_
 L  c_u_reach(0_1_3)_
 L  c_u_reach(0_1_4)_
 L  c_u_reach(0_1_5)_
 L  c_u_reach(0_1_2_1)_
 L  c_u_reach(0_1_2_2)_
 L  c_u_reach(0_1_2_3)_
 L  c_u_reach(0_1_2_4)_
 L  c_u_reach(0_1_2_5)_
 L  c_u_reach(0_2_1)_
 L  c_u_reach(0_2_2)_
 L  c_u_reach(0_2_3)_
 L  c_u_reach(0_2_4)_
 L  c_u_reach(0_2_5)_
 L  c_u_reach(1_2_1)_
 L  c_u_reach(1_2_2)_
 L  c_u_reach(1_2_3)_
 L  c_u_reach(1_2_4)_
 L  c_u_reach(1_2_5)_
 L  c_u_hall(0)_
 L  c_u_hall(1)_
 L  c_u_hall(2)_
 L  c_u_hall(3)_
 L  c_u_hall(4)_
 L  c_u_hall(5)_
 L  c_u_hall(6)_
 L  c_u_hall(7)_
 L  c_u_hall(8)_
 L  c_u_hall(9)_
 L  c_u_hall(10)_
 L  c_u_hall(11)_
 L  c_u_hall(12)_
 L  c_u_hall(13)_
 G  c_l_delivery(0)_
 G  c_l_delivery(1)_
 G  c_l_delivery(2)_
 E  c_e_one_core(0)_
 E  c_e_one_core(1)_
 E  c_e_one_core(2)_
 E  c_e_one_core(3)_
 E  c_e_from_core(0_0)_
 E  c_e_from_core(0_2)_
 E  c_e_from_core(1_0)_
 E  c_e_from_core(1_1)_
 E  c_e_from_core(1_2)_
 E  c_e_from_core(2_0)_
 E  c_e_from_core(2_1)_
 E  c_e_from_core(2_2)_
 E  c_e_to_core(0_0)_
 E  c_e_to_core(0_1)_
 E  c_e_to_core(1_0)_
 E  c_e_to_core(1_1)_
 E  c_e_to_core(2_0)_
 E  c_e_to_core(2_1)_
 L  c_u_transfer(0)_
 L  c_u_transfer(1)_
 L  c_u_transfer(2)_
 L  c_u_arrival(0_0)_
 L  c_u_arrival(1_1)_
 L  c_u_arrival(2_2)_
 L  c_u_head(0)_
 L  c_u_head(1)_
 L  c_u_head(2)_
 L  c_u_head(3)_
 L  c_u_tail(0)_
 L  c_u_tail(1)_
 L  c_u_tail(2)_
 L  c_u_tail(3)_
 L  c_u_decided(0_1_0)_
 L  c_u_decided(0_1_2)_
 L  c_u_decided(0_2_0)_
 L  c_u_decided(0_2_2)_
 L  c_u_decided(1_2_0)_
 L  c_u_decided(1_2_1)_
 L  c_u_decided(1_2_2)_
 L  c_u_one_way(0_1)_
 L  c_u_one_way(0_2)_
 L  c_u_one_way(1_2)_
 L  c_u_disjoint(0_1)_
 L  c_u_disjoint(0_2)_
 L  c_u_disjoint(1_0)_
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
     g(0_1) c_u_reach(0_1_2_1)_ -1
     g(0_1) c_u_reach(0_2_1)_ -1
     g(0_1) c_u_hall(0)_ -1
     g(0_1) c_u_arrival(0_0)_ 21
     g(0_2) c_u_prefix(0_2)_ 1
     g(0_2) c_u_prefix(0_3)_ -1
     g(0_2) c_u_reach(0_1_2)_ -1
     g(0_2) c_u_reach(0_1_2_2)_ -1
     g(0_2) c_u_reach(0_2_2)_ -1
     g(0_2) c_u_hall(0)_ -1
     g(0_2) c_u_arrival(0_0)_ 21
     g(0_3) c_u_prefix(0_3)_ 1
     g(0_3) c_u_prefix(0_4)_ -1
     g(0_3) c_u_reach(0_1_3)_ -1
     g(0_3) c_u_reach(0_1_2_3)_ -1
     g(0_3) c_u_reach(0_2_3)_ -1
     g(0_3) c_u_hall(0)_ -1
     g(0_3) c_u_arrival(0_0)_ 21
     g(0_4) c_u_prefix(0_4)_ 1
     g(0_4) c_u_prefix(0_5)_ -1
     g(0_4) c_u_reach(0_1_4)_ -1
     g(0_4) c_u_reach(0_1_2_4)_ -1
     g(0_4) c_u_reach(0_2_4)_ -1
     g(0_4) c_u_hall(1)_ -1
     g(0_4) c_u_arrival(0_0)_ 21
     g(0_5) c_u_prefix(0_5)_ 1
     g(0_5) c_u_reach(0_1_5)_ -1
     g(0_5) c_u_reach(0_1_2_5)_ -1
     g(0_5) c_u_reach(0_2_5)_ -1
     g(0_5) c_u_hall(1)_ -1
     g(0_5) c_u_arrival(0_0)_ 21
     g(1_1) c_u_prefix(1_2)_ -1
     g(1_1) c_u_reach(0_1_1)_ -1
     g(1_1) c_u_reach(0_1_2_1)_ -1
     g(1_1) c_u_reach(1_2_1)_ -1
     g(1_1) c_u_hall(2)_ -1
     g(1_1) c_u_arrival(1_1)_ 21
     g(1_2) c_u_prefix(1_2)_ 1
     g(1_2) c_u_prefix(1_3)_ -1
     g(1_2) c_u_reach(0_1_2)_ -1
     g(1_2) c_u_reach(0_1_2_2)_ -1
     g(1_2) c_u_reach(1_2_2)_ -1
     g(1_2) c_u_hall(2)_ -1
     g(1_2) c_u_arrival(1_1)_ 21
     g(1_3) c_u_prefix(1_3)_ 1
     g(1_3) c_u_prefix(1_4)_ -1
     g(1_3) c_u_reach(0_1_3)_ -1
     g(1_3) c_u_reach(0_1_2_3)_ -1
     g(1_3) c_u_reach(1_2_3)_ -1
     g(1_3) c_u_hall(2)_ -1
     g(1_3) c_u_arrival(1_1)_ 21
     g(1_4) c_u_prefix(1_4)_ 1
     g(1_4) c_u_prefix(1_5)_ -1
     g(1_4) c_u_reach(0_1_4)_ -1
     g(1_4) c_u_reach(0_1_2_4)_ -1
     g(1_4) c_u_reach(1_2_4)_ -1
     g(1_4) c_u_hall(3)_ -1
     g(1_4) c_u_arrival(1_1)_ 21
     g(1_5) c_u_prefix(1_5)_ 1
     g(1_5) c_u_reach(0_1_5)_ -1
     g(1_5) c_u_reach(0_1_2_5)_ -1
     g(1_5) c_u_reach(1_2_5)_ -1
     g(1_5) c_u_hall(3)_ -1
     g(1_5) c_u_arrival(1_1)_ 21
     g(2_1) c_u_prefix(2_2)_ -1
     g(2_1) c_u_reach(0_1_2_1)_ -1
     g(2_1) c_u_reach(0_2_1)_ -1
     g(2_1) c_u_reach(1_2_1)_ -1
     g(2_1) c_u_hall(4)_ -1
     g(2_1) c_u_arrival(2_2)_ 21
     g(2_2) c_u_prefix(2_2)_ 1
     g(2_2) c_u_prefix(2_3)_ -1
     g(2_2) c_u_reach(0_1_2_2)_ -1
     g(2_2) c_u_reach(0_2_2)_ -1
     g(2_2) c_u_reach(1_2_2)_ -1
     g(2_2) c_u_hall(4)_ -1
     g(2_2) c_u_arrival(2_2)_ 21
     g(2_3) c_u_prefix(2_3)_ 1
     g(2_3) c_u_prefix(2_4)_ -1
     g(2_3) c_u_reach(0_1_2_3)_ -1
     g(2_3) c_u_reach(0_2_3)_ -1
     g(2_3) c_u_reach(1_2_3)_ -1
     g(2_3) c_u_hall(4)_ -1
     g(2_3) c_u_arrival(2_2)_ 21
     g(2_4) c_u_prefix(2_4)_ 1
     g(2_4) c_u_prefix(2_5)_ -1
     g(2_4) c_u_reach(0_1_2_4)_ -1
     g(2_4) c_u_reach(0_2_4)_ -1
     g(2_4) c_u_reach(1_2_4)_ -1
     g(2_4) c_u_hall(5)_ -1
     g(2_4) c_u_arrival(2_2)_ 21
     g(2_5) c_u_prefix(2_5)_ 1
     g(2_5) c_u_reach(0_1_2_5)_ -1
     g(2_5) c_u_reach(0_2_5)_ -1
     g(2_5) c_u_reach(1_2_5)_ -1
     g(2_5) c_u_hall(5)_ -1
     g(2_5) c_u_arrival(2_2)_ 21
     h(0_1_1) c_u_reach(0_1_1)_ 1
     h(0_1_1) c_u_hall(6)_ -1
     h(0_1_2) c_u_reach(0_1_2)_ 1
     h(0_1_2) c_u_hall(6)_ -1
     h(0_1_3) c_u_reach(0_1_3)_ 1
     h(0_1_3) c_u_hall(6)_ -1
     h(0_1_4) c_u_reach(0_1_4)_ 1
     h(0_1_4) c_u_hall(7)_ -1
     h(0_1_5) c_u_reach(0_1_5)_ 1
     h(0_1_5) c_u_hall(7)_ -1
     h(0_1_2_1) c_u_reach(0_1_2_1)_ 1
     h(0_1_2_1) c_u_hall(12)_ -1
     h(0_1_2_2) c_u_reach(0_1_2_2)_ 1
     h(0_1_2_2) c_u_hall(12)_ -1
     h(0_1_2_3) c_u_reach(0_1_2_3)_ 1
     h(0_1_2_3) c_u_hall(12)_ -1
     h(0_1_2_4) c_u_reach(0_1_2_4)_ 1
     h(0_1_2_4) c_u_hall(13)_ -1
     h(0_1_2_5) c_u_reach(0_1_2_5)_ 1
     h(0_1_2_5) c_u_hall(13)_ -1
     h(0_2_1) c_u_reach(0_2_1)_ 1
     h(0_2_1) c_u_hall(8)_ -1
     h(0_2_2) c_u_reach(0_2_2)_ 1
     h(0_2_2) c_u_hall(8)_ -1
     h(0_2_3) c_u_reach(0_2_3)_ 1
     h(0_2_3) c_u_hall(8)_ -1
     h(0_2_4) c_u_reach(0_2_4)_ 1
     h(0_2_4) c_u_hall(9)_ -1
     h(0_2_5) c_u_reach(0_2_5)_ 1
     h(0_2_5) c_u_hall(9)_ -1
     h(1_2_1) c_u_reach(1_2_1)_ 1
     h(1_2_1) c_u_hall(10)_ -1
     h(1_2_2) c_u_reach(1_2_2)_ 1
     h(1_2_2) c_u_hall(10)_ -1
     h(1_2_3) c_u_reach(1_2_3)_ 1
     h(1_2_3) c_u_hall(10)_ -1
     h(1_2_4) c_u_reach(1_2_4)_ 1
     h(1_2_4) c_u_hall(11)_ -1
     h(1_2_5) c_u_reach(1_2_5)_ 1
     h(1_2_5) c_u_hall(11)_ -1
     x(0_0_0) c_u_hall(0)_ 1
     x(0_0_0) c_u_hall(6)_ 1
     x(0_0_0) c_u_hall(8)_ 1
     x(0_0_0) c_u_hall(12)_ 1
     x(0_0_0) c_l_delivery(0)_ 666
     x(0_0_1) c_u_hall(1)_ 1
     x(0_0_1) c_u_hall(7)_ 1
     x(0_0_1) c_u_hall(9)_ 1
     x(0_0_1) c_u_hall(13)_ 1
     x(0_0_1) c_l_delivery(0)_ 342
     x(1_0_0) c_u_hall(2)_ 1
     x(1_0_0) c_u_hall(6)_ 1
     x(1_0_0) c_u_hall(10)_ 1
     x(1_0_0) c_u_hall(12)_ 1
     x(1_0_0) c_l_delivery(1)_ 214
     x(1_0_1) c_u_hall(3)_ 1
     x(1_0_1) c_u_hall(7)_ 1
     x(1_0_1) c_u_hall(11)_ 1
     x(1_0_1) c_u_hall(13)_ 1
     x(1_0_1) c_l_delivery(1)_ 173
     x(2_0_0) c_u_hall(4)_ 1
     x(2_0_0) c_u_hall(8)_ 1
     x(2_0_0) c_u_hall(10)_ 1
     x(2_0_0) c_u_hall(12)_ 1
     x(2_0_0) c_l_delivery(2)_ 383
     x(2_0_1) c_u_hall(5)_ 1
     x(2_0_1) c_u_hall(9)_ 1
     x(2_0_1) c_u_hall(11)_ 1
     x(2_0_1) c_u_hall(13)_ 1
     x(2_0_1) c_l_delivery(2)_ 407
     a(0_0) c_e_one_core(0)_ 1
     a(0_0) c_e_from_core(0_0)_ -1
     a(0_0) c_u_transfer(0)_ 2
     a(0_0) c_u_head(0)_ 21
     a(0_0) c_u_tail(0)_ 24
     a(0_0) c_u_decided(0_1_0)_ 1
     a(0_0) c_u_decided(0_2_0)_ 1
     a(0_0) c_u_disjoint(0_1)_ 2
     a(0_0) c_u_disjoint(0_2)_ 2
     a(0_2) c_e_one_core(0)_ 1
     a(0_2) c_e_from_core(0_2)_ -1
     a(0_2) c_u_transfer(0)_ 3
     a(0_2) c_u_head(0)_ 21
     a(0_2) c_u_tail(0)_ 173
     a(0_2) c_u_decided(0_1_2)_ 1
     a(0_2) c_u_decided(0_2_2)_ 1
     a(0_2) c_u_disjoint(0_1)_ 3
     a(0_2) c_u_disjoint(0_2)_ 3
     a(1_0) c_e_one_core(1)_ 1
     a(1_0) c_e_from_core(1_0)_ -1
     a(1_0) c_u_transfer(1)_ 57
     a(1_0) c_u_head(1)_ 42
     a(1_0) c_u_tail(1)_ 79
     a(1_0) c_u_decided(0_1_0)_ 1
     a(1_0) c_u_decided(1_2_0)_ 1
     a(1_0) c_u_disjoint(1_0)_ 57
     a(1_0) c_u_disjoint(1_2)_ 57
     a(1_1) c_e_one_core(1)_ 1
     a(1_1) c_e_from_core(1_1)_ -1
     a(1_1) c_u_transfer(1)_ 76
     a(1_1) c_u_head(1)_ 42
     a(1_1) c_u_tail(1)_ 102
     a(1_1) c_u_decided(1_2_1)_ 1
     a(1_1) c_u_disjoint(1_0)_ 76
     a(1_1) c_u_disjoint(1_2)_ 76
     a(1_2) c_e_one_core(1)_ 1
     a(1_2) c_e_from_core(1_2)_ -1
     a(1_2) c_u_transfer(1)_ 78
     a(1_2) c_u_head(1)_ 42
     a(1_2) c_u_tail(1)_ 349
     a(1_2) c_u_decided(0_1_2)_ 1
     a(1_2) c_u_decided(1_2_2)_ 1
     a(1_2) c_u_disjoint(1_0)_ 78
     a(1_2) c_u_disjoint(1_2)_ 78
     a(2_0) c_e_one_core(2)_ 1
     a(2_0) c_e_from_core(2_0)_ -1
     a(2_0) c_u_transfer(2)_ 11
     a(2_0) c_u_head(2)_ 42
     a(2_0) c_u_tail(2)_ 33
     a(2_0) c_u_decided(0_2_0)_ 1
     a(2_0) c_u_decided(1_2_0)_ 1
     a(2_0) c_u_disjoint(2_0)_ 11
     a(2_0) c_u_disjoint(2_1)_ 11
     a(2_1) c_e_one_core(2)_ 1
     a(2_1) c_e_from_core(2_1)_ -1
     a(2_1) c_u_transfer(2)_ 16
     a(2_1) c_u_head(2)_ 42
     a(2_1) c_u_tail(2)_ 42
     a(2_1) c_u_decided(1_2_1)_ 1
     a(2_1) c_u_disjoint(2_0)_ 16
     a(2_1) c_u_disjoint(2_1)_ 16
     a(2_2) c_e_one_core(2)_ 1
     a(2_2) c_e_from_core(2_2)_ -1
     a(2_2) c_u_transfer(2)_ 24
     a(2_2) c_u_head(2)_ 42
     a(2_2) c_u_tail(2)_ 307
     a(2_2) c_u_decided(0_2_2)_ 1
     a(2_2) c_u_decided(1_2_2)_ 1
     a(2_2) c_u_disjoint(2_0)_ 24
     a(2_2) c_u_disjoint(2_1)_ 24
     a(3_0) c_e_one_core(3)_ 1
     a(3_0) c_e_to_core(0_0)_ -1
     a(3_0) c_e_to_core(1_0)_ -1
     a(3_0) c_e_to_core(2_0)_ -1
     a(3_0) c_u_head(3)_ 99
     a(3_0) c_u_tail(3)_ 22
     a(3_1) c_e_one_core(3)_ 1
     a(3_1) c_e_to_core(0_1)_ -1
     a(3_1) c_e_to_core(1_1)_ -1
     a(3_1) c_e_to_core(2_1)_ -1
     a(3_1) c_u_head(3)_ 171
     a(3_1) c_u_tail(3)_ 26
     s(0) c_u_transfer(0)_ 1
     s(0) c_u_arrival(0_0)_ -1
     s(0) c_u_head(0)_ -1
     s(0) c_u_tail(0)_ 1
     s(0) c_u_disjoint(0_1)_ 1
     s(0) c_u_disjoint(0_2)_ 1
     s(0) c_u_disjoint(1_0)_ -1
     s(0) c_u_disjoint(2_0)_ -1
     s(1) c_u_transfer(1)_ 1
     s(1) c_u_arrival(1_1)_ -1
     s(1) c_u_head(1)_ -1
     s(1) c_u_tail(1)_ 1
     s(1) c_u_disjoint(0_1)_ -1
     s(1) c_u_disjoint(1_0)_ 1
     s(1) c_u_disjoint(1_2)_ 1
     s(1) c_u_disjoint(2_1)_ -1
     s(2) c_u_transfer(2)_ 1
     s(2) c_u_arrival(2_2)_ -1
     s(2) c_u_head(2)_ -1
     s(2) c_u_tail(2)_ 1
     s(2) c_u_disjoint(0_2)_ -1
     s(2) c_u_disjoint(1_2)_ -1
     s(2) c_u_disjoint(2_0)_ 1
     s(2) c_u_disjoint(2_1)_ 1
     s(3) c_u_transfer(0)_ -1
     s(3) c_u_transfer(1)_ -1
     s(3) c_u_transfer(2)_ -1
     s(3) c_u_head(3)_ -1
     s(3) c_u_tail(3)_ 1
     w(0_0_0) c_e_from_core(0_0)_ 1
     w(0_0_0) c_e_to_core(0_0)_ 1
     w(0_0_1) c_e_from_core(0_0)_ 1
     w(0_0_1) c_e_to_core(0_1)_ 1
     w(0_0_1) c_u_transfer(0)_ 148
     w(0_2_0) c_e_from_core(0_2)_ 1
     w(0_2_0) c_e_to_core(0_0)_ 1
     w(0_2_0) c_u_transfer(0)_ 148
     w(0_2_1) c_e_from_core(0_2)_ 1
     w(0_2_1) c_e_to_core(0_1)_ 1
     w(0_2_1) c_u_transfer(0)_ 153
     w(1_0_0) c_e_from_core(1_0)_ 1
     w(1_0_0) c_e_to_core(1_0)_ 1
     w(1_0_1) c_e_from_core(1_0)_ 1
     w(1_0_1) c_e_to_core(1_1)_ 1
     w(1_0_1) c_u_transfer(1)_ 249
     w(1_1_0) c_e_from_core(1_1)_ 1
     w(1_1_0) c_e_to_core(1_0)_ 1
     w(1_1_0) c_u_transfer(1)_ 249
     w(1_1_1) c_e_from_core(1_1)_ 1
     w(1_1_1) c_e_to_core(1_1)_ 1
     w(1_2_0) c_e_from_core(1_2)_ 1
     w(1_2_0) c_e_to_core(1_0)_ 1
     w(1_2_0) c_u_transfer(1)_ 249
     w(1_2_1) c_e_from_core(1_2)_ 1
     w(1_2_1) c_e_to_core(1_1)_ 1
     w(1_2_1) c_u_transfer(1)_ 254
     w(2_0_0) c_e_from_core(2_0)_ 1
     w(2_0_0) c_e_to_core(2_0)_ 1
     w(2_0_1) c_e_from_core(2_0)_ 1
     w(2_0_1) c_e_to_core(2_1)_ 1
     w(2_0_1) c_u_transfer(2)_ 261
     w(2_1_0) c_e_from_core(2_1)_ 1
     w(2_1_0) c_e_to_core(2_0)_ 1
     w(2_1_0) c_u_transfer(2)_ 261
     w(2_1_1) c_e_from_core(2_1)_ 1
     w(2_1_1) c_e_to_core(2_1)_ 1
     w(2_2_0) c_e_from_core(2_2)_ 1
     w(2_2_0) c_e_to_core(2_0)_ 1
     w(2_2_0) c_u_transfer(2)_ 261
     w(2_2_1) c_e_from_core(2_2)_ 1
     w(2_2_1) c_e_to_core(2_1)_ 1
     w(2_2_1) c_u_transfer(2)_ 266
     o(0_1) c_u_decided(0_1_0)_ -1
     o(0_1) c_u_decided(0_1_2)_ -1
     o(0_1) c_u_one_way(0_1)_ 1
     o(0_1) c_u_disjoint(0_1)_ 806
     o(0_2) c_u_decided(0_2_0)_ -1
     o(0_2) c_u_decided(0_2_2)_ -1
     o(0_2) c_u_one_way(0_2)_ 1
     o(0_2) c_u_disjoint(0_2)_ 806
     o(1_0) c_u_decided(0_1_0)_ -1
     o(1_0) c_u_decided(0_1_2)_ -1
     o(1_0) c_u_one_way(0_1)_ 1
     o(1_0) c_u_disjoint(1_0)_ 827
     o(1_2) c_u_decided(1_2_0)_ -1
     o(1_2) c_u_decided(1_2_1)_ -1
     o(1_2) c_u_decided(1_2_2)_ -1
     o(1_2) c_u_one_way(1_2)_ 1
     o(1_2) c_u_disjoint(1_2)_ 806
     o(2_0) c_u_decided(0_2_0)_ -1
     o(2_0) c_u_decided(0_2_2)_ -1
     o(2_0) c_u_one_way(0_2)_ 1
     o(2_0) c_u_disjoint(2_0)_ 827
     o(2_1) c_u_decided(1_2_0)_ -1
     o(2_1) c_u_decided(1_2_1)_ -1
     o(2_1) c_u_decided(1_2_2)_ -1
     o(2_1) c_u_one_way(1_2)_ 1
     o(2_1) c_u_disjoint(2_1)_ 806
RHS
     RHS c_u_prefix(0_2)_ 0
     RHS c_u_prefix(0_3)_ 0
     RHS c_u_prefix(0_4)_ 0
     RHS c_u_prefix(0_5)_ 0
     RHS c_u_prefix(1_2)_ 0
     RHS c_u_prefix(1_3)_ 0
     RHS c_u_prefix(1_4)_ 0
     RHS c_u_prefix(1_5)_ 0
     RHS c_u_prefix(2_2)_ 0
     RHS c_u_prefix(2_3)_ 0
     RHS c_u_prefix(2_4)_ 0
     RHS c_u_prefix(2_5)_ 0
     RHS c_u_reach(0_1_1)_ 0
     RHS c_u_reach(0_1_2)_ 0
     RHS c_u_reach(0_1_3)_ 0
     RHS c_u_reach(0_1_4)_ 0
     RHS c_u_reach(0_1_5)_ 0
     RHS c_u_reach(0_1_2_1)_ 0
     RHS c_u_reach(0_1_2_2)_ 0
     RHS c_u_reach(0_1_2_3)_ 0
     RHS c_u_reach(0_1_2_4)_ 0
     RHS c_u_reach(0_1_2_5)_ 0
     RHS c_u_reach(0_2_1)_ 0
     RHS c_u_reach(0_2_2)_ 0
     RHS c_u_reach(0_2_3)_ 0
     RHS c_u_reach(0_2_4)_ 0
     RHS c_u_reach(0_2_5)_ 0
     RHS c_u_reach(1_2_1)_ 0
     RHS c_u_reach(1_2_2)_ 0
     RHS c_u_reach(1_2_3)_ 0
     RHS c_u_reach(1_2_4)_ 0
     RHS c_u_reach(1_2_5)_ 0
     RHS c_u_hall(0)_ 0
     RHS c_u_hall(1)_ 0
     RHS c_u_hall(2)_ 0
     RHS c_u_hall(3)_ 0
     RHS c_u_hall(4)_ 0
     RHS c_u_hall(5)_ 0
     RHS c_u_hall(6)_ 0
     RHS c_u_hall(7)_ 0
     RHS c_u_hall(8)_ 0
     RHS c_u_hall(9)_ 0
     RHS c_u_hall(10)_ 0
     RHS c_u_hall(11)_ 0
     RHS c_u_hall(12)_ 0
     RHS c_u_hall(13)_ 0
     RHS c_l_delivery(0)_ 424
     RHS c_l_delivery(1)_ 241
     RHS c_l_delivery(2)_ 387
     RHS c_e_one_core(0)_ 1
     RHS c_e_one_core(1)_ 1
     RHS c_e_one_core(2)_ 1
     RHS c_e_one_core(3)_ 1
     RHS c_e_from_core(0_0)_ 0
     RHS c_e_from_core(0_2)_ 0
     RHS c_e_from_core(1_0)_ 0
     RHS c_e_from_core(1_1)_ 0
     RHS c_e_from_core(1_2)_ 0
     RHS c_e_from_core(2_0)_ 0
     RHS c_e_from_core(2_1)_ 0
     RHS c_e_from_core(2_2)_ 0
     RHS c_e_to_core(0_0)_ 0
     RHS c_e_to_core(0_1)_ 0
     RHS c_e_to_core(1_0)_ 0
     RHS c_e_to_core(1_1)_ 0
     RHS c_e_to_core(2_0)_ 0
     RHS c_e_to_core(2_1)_ 0
     RHS c_u_transfer(0)_ 0
     RHS c_u_transfer(1)_ 0
     RHS c_u_transfer(2)_ 0
     RHS c_u_arrival(0_0)_ 0
     RHS c_u_arrival(1_1)_ 0
     RHS c_u_arrival(2_2)_ 0
     RHS c_u_head(0)_ 0
     RHS c_u_head(1)_ 0
     RHS c_u_head(2)_ 0
     RHS c_u_head(3)_ 0
     RHS c_u_tail(0)_ 0
     RHS c_u_tail(1)_ 0
     RHS c_u_tail(2)_ 0
     RHS c_u_tail(3)_ 0
     RHS c_u_decided(0_1_0)_ 1
     RHS c_u_decided(0_1_2)_ 1
     RHS c_u_decided(0_2_0)_ 1
     RHS c_u_decided(0_2_2)_ 1
     RHS c_u_decided(1_2_0)_ 1
     RHS c_u_decided(1_2_1)_ 1
     RHS c_u_decided(1_2_2)_ 1
     RHS c_u_one_way(0_1)_ 1
     RHS c_u_one_way(0_2)_ 1
     RHS c_u_one_way(1_2)_ 1
     RHS c_u_disjoint(0_1)_ 806
     RHS c_u_disjoint(0_2)_ 806
     RHS c_u_disjoint(1_0)_ 827
     RHS c_u_disjoint(1_2)_ 806
     RHS c_u_disjoint(2_0)_ 827
     RHS c_u_disjoint(2_1)_ 806
BOUNDS
 LO BOUND C 0
 UP BOUND C 870
 LI BOUND g(0_1) 1
 UI BOUND g(0_1) 1
 BV BOUND g(0_2)
 BV BOUND g(0_3)
 BV BOUND g(0_4)
 BV BOUND g(0_5)
 LI BOUND g(1_1) 1
 UI BOUND g(1_1) 1
 LI BOUND g(1_2) 1
 UI BOUND g(1_2) 1
 BV BOUND g(1_3)
 BV BOUND g(1_4)
 BV BOUND g(1_5)
 LI BOUND g(2_1) 1
 UI BOUND g(2_1) 1
 LI BOUND g(2_2) 1
 UI BOUND g(2_2) 1
 BV BOUND g(2_3)
 BV BOUND g(2_4)
 BV BOUND g(2_5)
 LO BOUND h(0_1_1) 0
 UP BOUND h(0_1_1) 1
 LO BOUND h(0_1_2) 0
 UP BOUND h(0_1_2) 1
 LO BOUND h(0_1_3) 0
 UP BOUND h(0_1_3) 1
 LO BOUND h(0_1_4) 0
 UP BOUND h(0_1_4) 1
 LO BOUND h(0_1_5) 0
 UP BOUND h(0_1_5) 1
 LO BOUND h(0_1_2_1) 0
 UP BOUND h(0_1_2_1) 1
 LO BOUND h(0_1_2_2) 0
 UP BOUND h(0_1_2_2) 1
 LO BOUND h(0_1_2_3) 0
 UP BOUND h(0_1_2_3) 1
 LO BOUND h(0_1_2_4) 0
 UP BOUND h(0_1_2_4) 1
 LO BOUND h(0_1_2_5) 0
 UP BOUND h(0_1_2_5) 1
 LO BOUND h(0_2_1) 0
 UP BOUND h(0_2_1) 1
 LO BOUND h(0_2_2) 0
 UP BOUND h(0_2_2) 1
 LO BOUND h(0_2_3) 0
 UP BOUND h(0_2_3) 1
 LO BOUND h(0_2_4) 0
 UP BOUND h(0_2_4) 1
 LO BOUND h(0_2_5) 0
 UP BOUND h(0_2_5) 1
 LO BOUND h(1_2_1) 0
 UP BOUND h(1_2_1) 1
 LO BOUND h(1_2_2) 0
 UP BOUND h(1_2_2) 1
 LO BOUND h(1_2_3) 0
 UP BOUND h(1_2_3) 1
 LO BOUND h(1_2_4) 0
 UP BOUND h(1_2_4) 1
 LO BOUND h(1_2_5) 0
 UP BOUND h(1_2_5) 1
 LI BOUND x(0_0_0) 0
 UI BOUND x(0_0_0) 3
 LI BOUND x(0_0_1) 0
 UI BOUND x(0_0_1) 2
 LI BOUND x(1_0_0) 0
 UI BOUND x(1_0_0) 3
 LI BOUND x(1_0_1) 0
 UI BOUND x(1_0_1) 2
 LI BOUND x(2_0_0) 0
 UI BOUND x(2_0_0) 3
 LI BOUND x(2_0_1) 0
 UI BOUND x(2_0_1) 2
 BV BOUND a(0_0)
 BV BOUND a(0_2)
 BV BOUND a(1_0)
 BV BOUND a(1_1)
 BV BOUND a(1_2)
 BV BOUND a(2_0)
 BV BOUND a(2_1)
 BV BOUND a(2_2)
 BV BOUND a(3_0)
 BV BOUND a(3_1)
 LO BOUND s(0) 0
 UP BOUND s(0) 870
 LO BOUND s(1) 0
 UP BOUND s(1) 870
 LO BOUND s(2) 0
 UP BOUND s(2) 870
 LO BOUND s(3) 0
 UP BOUND s(3) 870
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
 LO BOUND w(2_2_0) 0
 UP BOUND w(2_2_0) 1
 LO BOUND w(2_2_1) 0
 UP BOUND w(2_2_1) 1
 BV BOUND o(0_1)
 BV BOUND o(0_2)
 BV BOUND o(1_0)
 BV BOUND o(1_2)
 BV BOUND o(2_0)
 BV BOUND o(2_1)
ENDATA
