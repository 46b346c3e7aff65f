NAME tiny-01
ROWS
 N  makespan
 L  c_u_prefix(0_2)_
 L  c_u_prefix(0_3)_
 L  c_u_prefix(0_4)_
 L  c_u_hall(0)_
 L  c_u_hall(1)_
 L  c_u_hall(2)_
 L  c_u_hall(3)_
 G  c_l_delivery(0)_
 E  c_e_one_core(0)_
 E  c_e_one_core(1)_
 E  c_e_one_core(2)_
 E  c_e_one_core(3)_
 E  c_e_one_core(4)_
 E  c_e_from_core(0_0)_
 E  c_e_from_core(0_1)_
 E  c_e_from_core(1_0)_
 E  c_e_from_core(1_1)_
 E  c_e_from_core(2_0)_
 E  c_e_from_core(2_1)_
 E  c_e_from_core(3_0)_
 E  c_e_from_core(3_1)_
 E  c_e_from_core(4_0)_
 E  c_e_from_core(4_1)_
 E  c_e_to_core(0_0)_
 E  c_e_to_core(0_1)_
 E  c_e_to_core(1_0)_
 E  c_e_to_core(1_1)_
 E  c_e_to_core(2_0)_
 E  c_e_to_core(2_1)_
 E  c_e_to_core(3_0)_
 E  c_e_to_core(3_1)_
 E  c_e_to_core(4_0)_
 E  c_e_to_core(4_1)_
 L  c_u_transfer(0)_
 L  c_u_transfer(1)_
 L  c_u_transfer(2)_
 L  c_u_transfer(3)_
 L  c_u_transfer(4)_
 L  c_u_arrival(0_0)_
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
COLUMNS
     C makespan 1
     C c_u_tail(0)_ -1
     C c_u_tail(1)_ -1
     C c_u_tail(2)_ -1
     C c_u_tail(3)_ -1
     C c_u_tail(4)_ -1
     g(0_1) c_u_prefix(0_2)_ -1
     g(0_1) c_u_hall(0)_ -1
     g(0_1) c_u_hall(2)_ -1
     g(0_1) c_u_arrival(0_0)_ 8
     g(0_2) c_u_prefix(0_2)_ 1
     g(0_2) c_u_prefix(0_3)_ -1
     g(0_2) c_u_hall(0)_ -1
     g(0_2) c_u_hall(2)_ -1
     g(0_2) c_u_arrival(0_0)_ 8
     g(0_3) c_u_prefix(0_3)_ 1
     g(0_3) c_u_prefix(0_4)_ -1
     g(0_3) c_u_hall(1)_ -1
     g(0_3) c_u_hall(3)_ -1
     g(0_3) c_u_arrival(0_0)_ 8
     g(0_4) c_u_prefix(0_4)_ 1
     g(0_4) c_u_hall(1)_ -1
     g(0_4) c_u_hall(3)_ -1
     g(0_4) c_u_arrival(0_0)_ 8
     x(0_0_0) c_u_hall(0)_ 1
     x(0_0_0) c_l_delivery(0)_ 595
     x(0_0_1) c_u_hall(1)_ 1
     x(0_0_1) c_l_delivery(0)_ 530
     x(0_1_0) c_u_hall(2)_ 1
     x(0_1_0) c_l_delivery(0)_ 502
     x(0_1_1) c_u_hall(3)_ 1
     x(0_1_1) c_l_delivery(0)_ 619
     a(0_0) c_e_one_core(0)_ 1
     a(0_0) c_e_from_core(0_0)_ -1
     a(0_0) c_u_transfer(0)_ 10
     a(0_0) c_u_head(0)_ 24
     a(0_0) c_u_tail(0)_ 40
     a(0_1) c_e_one_core(0)_ 1
     a(0_1) c_e_from_core(0_1)_ -1
     a(0_1) c_u_transfer(0)_ 11
     a(0_1) c_u_head(0)_ 24
     a(0_1) c_u_tail(0)_ 44
     a(1_0) c_e_one_core(1)_ 1
     a(1_0) c_e_from_core(1_0)_ -1
     a(1_0) c_e_from_core(3_0)_ -1
     a(1_0) c_e_to_core(0_0)_ -1
     a(1_0) c_u_transfer(1)_ 7
     a(1_0) c_u_transfer(3)_ 7
     a(1_0) c_u_head(1)_ 34
     a(1_0) c_u_tail(1)_ 30
     a(1_1) c_e_one_core(1)_ 1
     a(1_1) c_e_from_core(1_1)_ -1
     a(1_1) c_e_from_core(3_1)_ -1
     a(1_1) c_e_to_core(0_1)_ -1
     a(1_1) c_u_transfer(1)_ 8
     a(1_1) c_u_transfer(3)_ 8
     a(1_1) c_u_head(1)_ 35
     a(1_1) c_u_tail(1)_ 33
     a(2_0) c_e_one_core(2)_ 1
     a(2_0) c_e_from_core(2_0)_ -1
     a(2_0) c_e_to_core(1_0)_ -1
     a(2_0) c_u_transfer(2)_ 11
     a(2_0) c_u_head(2)_ 41
     a(2_0) c_u_tail(2)_ 23
     a(2_1) c_e_one_core(2)_ 1
     a(2_1) c_e_from_core(2_1)_ -1
     a(2_1) c_e_to_core(1_1)_ -1
     a(2_1) c_u_transfer(2)_ 7
     a(2_1) c_u_head(2)_ 43
     a(2_1) c_u_tail(2)_ 25
     a(3_0) c_e_one_core(3)_ 1
     a(3_0) c_e_from_core(4_0)_ -1
     a(3_0) c_e_to_core(2_0)_ -1
     a(3_0) c_e_to_core(3_0)_ -1
     a(3_0) c_u_transfer(4)_ 8
     a(3_0) c_u_head(3)_ 52
     a(3_0) c_u_tail(3)_ 12
     a(3_1) c_e_one_core(3)_ 1
     a(3_1) c_e_from_core(4_1)_ -1
     a(3_1) c_e_to_core(2_1)_ -1
     a(3_1) c_e_to_core(3_1)_ -1
     a(3_1) c_u_transfer(4)_ 9
     a(3_1) c_u_head(3)_ 50
     a(3_1) c_u_tail(3)_ 18
     a(4_0) c_e_one_core(4)_ 1
     a(4_0) c_e_to_core(4_0)_ -1
     a(4_0) c_u_head(4)_ 60
     a(4_0) c_u_tail(4)_ 4
     a(4_1) c_e_one_core(4)_ 1
     a(4_1) c_e_to_core(4_1)_ -1
     a(4_1) c_u_head(4)_ 59
     a(4_1) c_u_tail(4)_ 9
     s(0) c_u_transfer(0)_ 1
     s(0) c_u_arrival(0_0)_ -1
     s(0) c_u_head(0)_ -1
     s(0) c_u_tail(0)_ 1
     s(1) c_u_transfer(0)_ -1
     s(1) c_u_transfer(1)_ 1
     s(1) c_u_transfer(3)_ 1
     s(1) c_u_head(1)_ -1
     s(1) c_u_tail(1)_ 1
     s(2) c_u_transfer(1)_ -1
     s(2) c_u_transfer(2)_ 1
     s(2) c_u_head(2)_ -1
     s(2) c_u_tail(2)_ 1
     s(3) c_u_transfer(2)_ -1
     s(3) c_u_transfer(3)_ -1
     s(3) c_u_transfer(4)_ 1
     s(3) c_u_head(3)_ -1
     s(3) c_u_tail(3)_ 1
     s(4) c_u_transfer(4)_ -1
     s(4) c_u_head(4)_ -1
     s(4) c_u_tail(4)_ 1
     w(0_0_0) c_e_from_core(0_0)_ 1
     w(0_0_0) c_e_to_core(0_0)_ 1
     w(0_0_1) c_e_from_core(0_0)_ 1
     w(0_0_1) c_e_to_core(0_1)_ 1
     w(0_0_1) c_u_transfer(0)_ 67
     w(0_1_0) c_e_from_core(0_1)_ 1
     w(0_1_0) c_e_to_core(0_0)_ 1
     w(0_1_0) c_u_transfer(0)_ 67
     w(0_1_1) c_e_from_core(0_1)_ 1
     w(0_1_1) c_e_to_core(0_1)_ 1
     w(1_0_0) c_e_from_core(1_0)_ 1
     w(1_0_0) c_e_to_core(1_0)_ 1
     w(1_0_1) c_e_from_core(1_0)_ 1
     w(1_0_1) c_e_to_core(1_1)_ 1
     w(1_0_1) c_u_transfer(1)_ 212
     w(1_1_0) c_e_from_core(1_1)_ 1
     w(1_1_0) c_e_to_core(1_0)_ 1
     w(1_1_0) c_u_transfer(1)_ 212
     w(1_1_1) c_e_from_core(1_1)_ 1
     w(1_1_1) c_e_to_core(1_1)_ 1
     w(2_0_0) c_e_from_core(2_0)_ 1
     w(2_0_0) c_e_to_core(2_0)_ 1
     w(2_0_1) c_e_from_core(2_0)_ 1
     w(2_0_1) c_e_to_core(2_1)_ 1
     w(2_0_1) c_u_transfer(2)_ 73
     w(2_1_0) c_e_from_core(2_1)_ 1
     w(2_1_0) c_e_to_core(2_0)_ 1
     w(2_1_0) c_u_transfer(2)_ 73
     w(2_1_1) c_e_from_core(2_1)_ 1
     w(2_1_1) c_e_to_core(2_1)_ 1
     w(3_0_0) c_e_from_core(3_0)_ 1
     w(3_0_0) c_e_to_core(3_0)_ 1
     w(3_0_1) c_e_from_core(3_0)_ 1
     w(3_0_1) c_e_to_core(3_1)_ 1
     w(3_0_1) c_u_transfer(3)_ 78
     w(3_1_0) c_e_from_core(3_1)_ 1
     w(3_1_0) c_e_to_core(3_0)_ 1
     w(3_1_0) c_u_transfer(3)_ 78
     w(3_1_1) c_e_from_core(3_1)_ 1
     w(3_1_1) c_e_to_core(3_1)_ 1
     w(4_0_0) c_e_from_core(4_0)_ 1
     w(4_0_0) c_e_to_core(4_0)_ 1
     w(4_0_1) c_e_from_core(4_0)_ 1
     w(4_0_1) c_e_to_core(4_1)_ 1
     w(4_0_1) c_u_transfer(4)_ 108
     w(4_1_0) c_e_from_core(4_1)_ 1
     w(4_1_0) c_e_to_core(4_0)_ 1
     w(4_1_0) c_u_transfer(4)_ 108
     w(4_1_1) c_e_from_core(4_1)_ 1
     w(4_1_1) c_e_to_core(4_1)_ 1
RHS
     RHS c_u_prefix(0_2)_ 0
     RHS c_u_prefix(0_3)_ 0
     RHS c_u_prefix(0_4)_ 0
     RHS c_u_hall(0)_ 0
     RHS c_u_hall(1)_ 0
     RHS c_u_hall(2)_ 0
     RHS c_u_hall(3)_ 0
     RHS c_l_delivery(0)_ 2695
     RHS c_e_one_core(0)_ 1
     RHS c_e_one_core(1)_ 1
     RHS c_e_one_core(2)_ 1
     RHS c_e_one_core(3)_ 1
     RHS c_e_one_core(4)_ 1
     RHS c_e_from_core(0_0)_ 0
     RHS c_e_from_core(0_1)_ 0
     RHS c_e_from_core(1_0)_ 0
     RHS c_e_from_core(1_1)_ 0
     RHS c_e_from_core(2_0)_ 0
     RHS c_e_from_core(2_1)_ 0
     RHS c_e_from_core(3_0)_ 0
     RHS c_e_from_core(3_1)_ 0
     RHS c_e_from_core(4_0)_ 0
     RHS c_e_from_core(4_1)_ 0
     RHS c_e_to_core(0_0)_ 0
     RHS c_e_to_core(0_1)_ 0
     RHS c_e_to_core(1_0)_ 0
     RHS c_e_to_core(1_1)_ 0
     RHS c_e_to_core(2_0)_ 0
     RHS c_e_to_core(2_1)_ 0
     RHS c_e_to_core(3_0)_ 0
     RHS c_e_to_core(3_1)_ 0
     RHS c_e_to_core(4_0)_ 0
     RHS c_e_to_core(4_1)_ 0
     RHS c_u_transfer(0)_ 0
     RHS c_u_transfer(1)_ 0
     RHS c_u_transfer(2)_ 0
     RHS c_u_transfer(3)_ 0
     RHS c_u_transfer(4)_ 0
     RHS c_u_arrival(0_0)_ 0
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
BOUNDS
 LO BOUND C 0
 UP BOUND C 606
 LI BOUND g(0_1) 1
 UI BOUND g(0_1) 1
 LI BOUND g(0_2) 1
 UI BOUND g(0_2) 1
 LI BOUND g(0_3) 1
 UI BOUND g(0_3) 1
 BV BOUND g(0_4)
 LI BOUND x(0_0_0) 0
 UI BOUND x(0_0_0) 2
 LI BOUND x(0_0_1) 0
 UI BOUND x(0_0_1) 2
 LI BOUND x(0_1_0) 0
 UI BOUND x(0_1_0) 2
 LI BOUND x(0_1_1) 0
 UI BOUND x(0_1_1) 2
 BV BOUND a(0_0)
 BV BOUND a(0_1)
 BV BOUND a(1_0)
 BV BOUND a(1_1)
 BV BOUND a(2_0)
 BV BOUND a(2_1)
 BV BOUND a(3_0)
 BV BOUND a(3_1)
 BV BOUND a(4_0)
 BV BOUND a(4_1)
 LO BOUND s(0) 0
 UP BOUND s(0) 606
 LO BOUND s(1) 0
 UP BOUND s(1) 606
 LO BOUND s(2) 0
 UP BOUND s(2) 606
 LO BOUND s(3) 0
 UP BOUND s(3) 606
 LO BOUND s(4) 0
 UP BOUND s(4) 606
 LO BOUND w(0_0_0) 0
 UP BOUND w(0_0_0) 1
 LO BOUND w(0_0_1) 0
 UP BOUND w(0_0_1) 1
 LO BOUND w(0_1_0) 0
 UP BOUND w(0_1_0) 1
 LO BOUND w(0_1_1) 0
 UP BOUND w(0_1_1) 1
 LO BOUND w(1_0_0) 0
 UP BOUND w(1_0_0) 1
 LO BOUND w(1_0_1) 0
 UP BOUND w(1_0_1) 1
 LO BOUND w(1_1_0) 0
 UP BOUND w(1_1_0) 1
 LO BOUND w(1_1_1) 0
 UP BOUND w(1_1_1) 1
 LO BOUND w(2_0_0) 0
 UP BOUND w(2_0_0) 1
 LO BOUND w(2_0_1) 0
 UP BOUND w(2_0_1) 1
 LO BOUND w(2_1_0) 0
 UP BOUND w(2_1_0) 1
 LO BOUND w(2_1_1) 0
 UP BOUND w(2_1_1) 1
 LO BOUND w(3_0_0) 0
 UP BOUND w(3_0_0) 1
 LO BOUND w(3_0_1) 0
 UP BOUND w(3_0_1) 1
 LO BOUND w(3_1_0) 0
 UP BOUND w(3_1_0) 1
 LO BOUND w(3_1_1) 0
 UP BOUND w(3_1_1) 1
 LO BOUND w(4_0_0) 0
 UP BOUND w(4_0_0) 1
 LO BOUND w(4_0_1) 0
 UP BOUND w(4_0_1) 1
 LO BOUND w(4_1_0) 0
 UP BOUND w(4_1_0) 1
 LO BOUND w(4_1_1) 0
 UP BOUND w(4_1_1) 1
ENDATA
