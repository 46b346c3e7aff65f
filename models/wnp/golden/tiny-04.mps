NAME tiny-04
ROWS
 N  makespan
 E  c_e_one_core(0)_
 E  c_e_one_core(1)_
 E  c_e_one_core(2)_
 E  c_e_one_core(3)_
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
 E  c_e_from_core(5_0)_
 E  c_e_from_core(5_1)_
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
 E  c_e_to_core(5_0)_
 E  c_e_to_core(5_1)_
 L  c_u_transfer(0)_
 L  c_u_transfer(1)_
 L  c_u_transfer(2)_
 L  c_u_transfer(3)_
 L  c_u_transfer(4)_
 L  c_u_transfer(5)_
 L  c_u_head(0)_
 L  c_u_head(1)_
 L  c_u_head(2)_
 L  c_u_head(3)_
 L  c_u_tail(0)_
 L  c_u_tail(1)_
 L  c_u_tail(2)_
 L  c_u_tail(3)_
COLUMNS
     C makespan 1
     C c_u_tail(0)_ -1
     C c_u_tail(1)_ -1
     C c_u_tail(2)_ -1
     C c_u_tail(3)_ -1
     a(0_0) c_e_one_core(0)_ 1
     a(0_0) c_e_from_core(0_0)_ -1
     a(0_0) c_e_from_core(1_0)_ -1
     a(0_0) c_e_from_core(3_0)_ -1
     a(0_0) c_u_transfer(0)_ 21
     a(0_0) c_u_transfer(1)_ 21
     a(0_0) c_u_transfer(3)_ 21
     a(0_0) c_u_tail(0)_ 174
     a(0_1) c_e_one_core(0)_ 1
     a(0_1) c_e_from_core(0_1)_ -1
     a(0_1) c_e_from_core(1_1)_ -1
     a(0_1) c_e_from_core(3_1)_ -1
     a(0_1) c_u_transfer(0)_ 36
     a(0_1) c_u_transfer(1)_ 36
     a(0_1) c_u_transfer(3)_ 36
     a(0_1) c_u_tail(0)_ 192
     a(1_0) c_e_one_core(1)_ 1
     a(1_0) c_e_from_core(2_0)_ -1
     a(1_0) c_e_from_core(4_0)_ -1
     a(1_0) c_e_to_core(0_0)_ -1
     a(1_0) c_u_transfer(2)_ 57
     a(1_0) c_u_transfer(4)_ 57
     a(1_0) c_u_head(1)_ 21
     a(1_0) c_u_tail(1)_ 153
     a(1_1) c_e_one_core(1)_ 1
     a(1_1) c_e_from_core(2_1)_ -1
     a(1_1) c_e_from_core(4_1)_ -1
     a(1_1) c_e_to_core(0_1)_ -1
     a(1_1) c_u_transfer(2)_ 73
     a(1_1) c_u_transfer(4)_ 73
     a(1_1) c_u_head(1)_ 31
     a(1_1) c_u_tail(1)_ 156
     a(2_0) c_e_one_core(2)_ 1
     a(2_0) c_e_from_core(5_0)_ -1
     a(2_0) c_e_to_core(1_0)_ -1
     a(2_0) c_e_to_core(2_0)_ -1
     a(2_0) c_u_transfer(5)_ 50
     a(2_0) c_u_head(2)_ 78
     a(2_0) c_u_tail(2)_ 96
     a(2_1) c_e_one_core(2)_ 1
     a(2_1) c_e_from_core(5_1)_ -1
     a(2_1) c_e_to_core(1_1)_ -1
     a(2_1) c_e_to_core(2_1)_ -1
     a(2_1) c_u_transfer(5)_ 32
     a(2_1) c_u_head(2)_ 104
     a(2_1) c_u_tail(2)_ 83
     a(3_0) c_e_one_core(3)_ 1
     a(3_0) c_e_to_core(3_0)_ -1
     a(3_0) c_e_to_core(4_0)_ -1
     a(3_0) c_e_to_core(5_0)_ -1
     a(3_0) c_u_head(3)_ 128
     a(3_0) c_u_tail(3)_ 46
     a(3_1) c_e_one_core(3)_ 1
     a(3_1) c_e_to_core(3_1)_ -1
     a(3_1) c_e_to_core(4_1)_ -1
     a(3_1) c_e_to_core(5_1)_ -1
     a(3_1) c_u_head(3)_ 136
     a(3_1) c_u_tail(3)_ 51
     s(0) c_u_transfer(0)_ 1
     s(0) c_u_transfer(1)_ 1
     s(0) c_u_transfer(3)_ 1
     s(0) c_u_head(0)_ -1
     s(0) c_u_tail(0)_ 1
     s(1) c_u_transfer(0)_ -1
     s(1) c_u_transfer(2)_ 1
     s(1) c_u_transfer(4)_ 1
     s(1) c_u_head(1)_ -1
     s(1) c_u_tail(1)_ 1
     s(2) c_u_transfer(1)_ -1
     s(2) c_u_transfer(2)_ -1
     s(2) c_u_transfer(5)_ 1
     s(2) c_u_head(2)_ -1
     s(2) c_u_tail(2)_ 1
     s(3) c_u_transfer(3)_ -1
     s(3) c_u_transfer(4)_ -1
     s(3) c_u_transfer(5)_ -1
     s(3) c_u_head(3)_ -1
     s(3) c_u_tail(3)_ 1
     w(0_0_0) c_e_from_core(0_0)_ 1
     w(0_0_0) c_e_to_core(0_0)_ 1
     w(0_0_1) c_e_from_core(0_0)_ 1
     w(0_0_1) c_e_to_core(0_1)_ 1
     w(0_0_1) c_u_transfer(0)_ 10
     w(0_1_0) c_e_from_core(0_1)_ 1
     w(0_1_0) c_e_to_core(0_0)_ 1
     w(0_1_0) c_u_transfer(0)_ 10
     w(0_1_1) c_e_from_core(0_1)_ 1
     w(0_1_1) c_e_to_core(0_1)_ 1
     w(1_0_0) c_e_from_core(1_0)_ 1
     w(1_0_0) c_e_to_core(1_0)_ 1
     w(1_0_1) c_e_from_core(1_0)_ 1
     w(1_0_1) c_e_to_core(1_1)_ 1
     w(1_0_1) c_u_transfer(1)_ 223
     w(1_1_0) c_e_from_core(1_1)_ 1
     w(1_1_0) c_e_to_core(1_0)_ 1
     w(1_1_0) c_u_transfer(1)_ 223
     w(1_1_1) c_e_from_core(1_1)_ 1
     w(1_1_1) c_e_to_core(1_1)_ 1
     w(2_0_0) c_e_from_core(2_0)_ 1
     w(2_0_0) c_e_to_core(2_0)_ 1
     w(2_0_1) c_e_from_core(2_0)_ 1
     w(2_0_1) c_e_to_core(2_1)_ 1
     w(2_0_1) c_u_transfer(2)_ 149
     w(2_1_0) c_e_from_core(2_1)_ 1
     w(2_1_0) c_e_to_core(2_0)_ 1
     w(2_1_0) c_u_transfer(2)_ 149
     w(2_1_1) c_e_from_core(2_1)_ 1
     w(2_1_1) c_e_to_core(2_1)_ 1
     w(3_0_0) c_e_from_core(3_0)_ 1
     w(3_0_0) c_e_to_core(3_0)_ 1
     w(3_0_1) c_e_from_core(3_0)_ 1
     w(3_0_1) c_e_to_core(3_1)_ 1
     w(3_0_1) c_u_transfer(3)_ 196
     w(3_1_0) c_e_from_core(3_1)_ 1
     w(3_1_0) c_e_to_core(3_0)_ 1
     w(3_1_0) c_u_transfer(3)_ 196
     w(3_1_1) c_e_from_core(3_1)_ 1
     w(3_1_1) c_e_to_core(3_1)_ 1
     w(4_0_0) c_e_from_core(4_0)_ 1
     w(4_0_0) c_e_to_core(4_0)_ 1
     w(4_0_1) c_e_from_core(4_0)_ 1
     w(4_0_1) c_e_to_core(4_1)_ 1
     w(4_0_1) c_u_transfer(4)_ 32
     w(4_1_0) c_e_from_core(4_1)_ 1
     w(4_1_0) c_e_to_core(4_0)_ 1
     w(4_1_0) c_u_transfer(4)_ 32
     w(4_1_1) c_e_from_core(4_1)_ 1
     w(4_1_1) c_e_to_core(4_1)_ 1
     w(5_0_0) c_e_from_core(5_0)_ 1
     w(5_0_0) c_e_to_core(5_0)_ 1
     w(5_0_1) c_e_from_core(5_0)_ 1
     w(5_0_1) c_e_to_core(5_1)_ 1
     w(5_0_1) c_u_transfer(5)_ 252
     w(5_1_0) c_e_from_core(5_1)_ 1
     w(5_1_0) c_e_to_core(5_0)_ 1
     w(5_1_0) c_u_transfer(5)_ 252
     w(5_1_1) c_e_from_core(5_1)_ 1
     w(5_1_1) c_e_to_core(5_1)_ 1
RHS
     RHS c_e_one_core(0)_ 1
     RHS c_e_one_core(1)_ 1
     RHS c_e_one_core(2)_ 1
     RHS c_e_one_core(3)_ 1
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
     RHS c_e_from_core(5_0)_ 0
     RHS c_e_from_core(5_1)_ 0
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
     RHS c_e_to_core(5_0)_ 0
     RHS c_e_to_core(5_1)_ 0
     RHS c_u_transfer(0)_ 0
     RHS c_u_transfer(1)_ 0
     RHS c_u_transfer(2)_ 0
     RHS c_u_transfer(3)_ 0
     RHS c_u_transfer(4)_ 0
     RHS c_u_transfer(5)_ 0
     RHS c_u_head(0)_ 0
     RHS c_u_head(1)_ 0
     RHS c_u_head(2)_ 0
     RHS c_u_head(3)_ 0
     RHS c_u_tail(0)_ 0
     RHS c_u_tail(1)_ 0
     RHS c_u_tail(2)_ 0
     RHS c_u_tail(3)_ 0
BOUNDS
 LO BOUND C 0
 UP BOUND C 1018
 BV BOUND a(0_0)
 BV BOUND a(0_1)
 BV BOUND a(1_0)
 BV BOUND a(1_1)
 BV BOUND a(2_0)
 BV BOUND a(2_1)
 BV BOUND a(3_0)
 BV BOUND a(3_1)
 LO BOUND s(0) 0
 UP BOUND s(0) 1018
 LO BOUND s(1) 0
 UP BOUND s(1) 1018
 LO BOUND s(2) 0
 UP BOUND s(2) 1018
 LO BOUND s(3) 0
 UP BOUND s(3) 1018
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
 LO BOUND w(5_0_0) 0
 UP BOUND w(5_0_0) 1
 LO BOUND w(5_0_1) 0
 UP BOUND w(5_0_1) 1
 LO BOUND w(5_1_0) 0
 UP BOUND w(5_1_0) 1
 LO BOUND w(5_1_1) 0
 UP BOUND w(5_1_1) 1
ENDATA
