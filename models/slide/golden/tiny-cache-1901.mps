NAME slide
ROWS
 N  negated
 L  c_u_S1_one_model(0)_
 L  c_u_S1_one_model(1)_
 L  c_u_S1_one_model(2)_
 L  c_u_S1_one_model(3)_
 L  c_u_S1_one_model(4)_
 L  c_u_S2_bandwidth_
 L  c_u_S3_open(0_1)_
 L  c_u_S3_open(0_2)_
 L  c_u_S3_open(1_0)_
 L  c_u_S3_open(1_1)_
 L  c_u_S3_open(1_2)_
 L  c_u_S3_open(2_1)_
 L  c_u_S3_open(2_2)_
 L  c_u_S3_open(3_0)_
 L  c_u_S3_open(3_1)_
 L  c_u_S3_open(3_2)_
 L  c_u_S3_open(4_0)_
 L  c_u_S3_open(4_1)_
 L  c_u_S3_open(4_2)_
 L  c_u_S4_cache_
COLUMNS
     x(0_1) negated -1
     x(0_1) c_u_S1_one_model(0)_ 1
     x(0_1) c_u_S2_bandwidth_ 0.55753581887363468
     x(0_1) c_u_S3_open(0_1)_ 1
     x(0_2) negated -1
     x(0_2) c_u_S1_one_model(0)_ 1
     x(0_2) c_u_S2_bandwidth_ 0.95943767564299665
     x(0_2) c_u_S3_open(0_2)_ 1
     x(1_0) negated -1
     x(1_0) c_u_S1_one_model(1)_ 1
     x(1_0) c_u_S2_bandwidth_ 0.34936070207399145
     x(1_0) c_u_S3_open(1_0)_ 1
     x(1_1) negated -1
     x(1_1) c_u_S1_one_model(1)_ 1
     x(1_1) c_u_S2_bandwidth_ 0.11671529279728786
     x(1_1) c_u_S3_open(1_1)_ 1
     x(1_2) negated -1
     x(1_2) c_u_S1_one_model(1)_ 1
     x(1_2) c_u_S2_bandwidth_ 0.20271762147956124
     x(1_2) c_u_S3_open(1_2)_ 1
     x(2_1) negated -1
     x(2_1) c_u_S1_one_model(2)_ 1
     x(2_1) c_u_S2_bandwidth_ 0.3446381058976723
     x(2_1) c_u_S3_open(2_1)_ 1
     x(2_2) negated -1
     x(2_2) c_u_S1_one_model(2)_ 1
     x(2_2) c_u_S2_bandwidth_ 0.59473756196029226
     x(2_2) c_u_S3_open(2_2)_ 1
     x(3_0) negated -1
     x(3_0) c_u_S1_one_model(3)_ 1
     x(3_0) c_u_S2_bandwidth_ 0.46670715245808381
     x(3_0) c_u_S3_open(3_0)_ 1
     x(3_1) negated -1
     x(3_1) c_u_S1_one_model(3)_ 1
     x(3_1) c_u_S2_bandwidth_ 0.15301212089707775
     x(3_1) c_u_S3_open(3_1)_ 1
     x(3_2) negated -1
     x(3_2) c_u_S1_one_model(3)_ 1
     x(3_2) c_u_S2_bandwidth_ 0.2655779870381878
     x(3_2) c_u_S3_open(3_2)_ 1
     x(4_0) negated -1
     x(4_0) c_u_S1_one_model(4)_ 1
     x(4_0) c_u_S2_bandwidth_ 0.3037356114010189
     x(4_0) c_u_S3_open(4_0)_ 1
     x(4_1) negated -1
     x(4_1) c_u_S1_one_model(4)_ 1
     x(4_1) c_u_S2_bandwidth_ 0.10097172749787388
     x(4_1) c_u_S3_open(4_1)_ 1
     x(4_2) negated -1
     x(4_2) c_u_S1_one_model(4)_ 1
     x(4_2) c_u_S2_bandwidth_ 0.17490039923806264
     x(4_2) c_u_S3_open(4_2)_ 1
     z(0) c_u_S3_open(1_0)_ -1
     z(0) c_u_S3_open(3_0)_ -1
     z(0) c_u_S3_open(4_0)_ -1
     z(0) c_u_S4_cache_ 0.6335217460381064
     z(1) c_u_S3_open(0_1)_ -1
     z(1) c_u_S3_open(1_1)_ -1
     z(1) c_u_S3_open(2_1)_ -1
     z(1) c_u_S3_open(3_1)_ -1
     z(1) c_u_S3_open(4_1)_ -1
     z(1) c_u_S4_cache_ 0.21333070067477236
     z(2) c_u_S3_open(0_2)_ -1
     z(2) c_u_S3_open(1_2)_ -1
     z(2) c_u_S3_open(2_2)_ -1
     z(2) c_u_S3_open(3_2)_ -1
     z(2) c_u_S3_open(4_2)_ -1
     z(2) c_u_S4_cache_ 0.3721444363678082
RHS
     RHS c_u_S1_one_model(0)_ 1
     RHS c_u_S1_one_model(1)_ 1
     RHS c_u_S1_one_model(2)_ 1
     RHS c_u_S1_one_model(3)_ 1
     RHS c_u_S1_one_model(4)_ 1
     RHS c_u_S2_bandwidth_ 1
     RHS c_u_S3_open(0_1)_ 0
     RHS c_u_S3_open(0_2)_ 0
     RHS c_u_S3_open(1_0)_ 0
     RHS c_u_S3_open(1_1)_ 0
     RHS c_u_S3_open(1_2)_ 0
     RHS c_u_S3_open(2_1)_ 0
     RHS c_u_S3_open(2_2)_ 0
     RHS c_u_S3_open(3_0)_ 0
     RHS c_u_S3_open(3_1)_ 0
     RHS c_u_S3_open(3_2)_ 0
     RHS c_u_S3_open(4_0)_ 0
     RHS c_u_S3_open(4_1)_ 0
     RHS c_u_S3_open(4_2)_ 0
     RHS c_u_S4_cache_ 1
BOUNDS
 BV BOUND x(0_1)
 BV BOUND x(0_2)
 BV BOUND x(1_0)
 BV BOUND x(1_1)
 BV BOUND x(1_2)
 BV BOUND x(2_1)
 BV BOUND x(2_2)
 BV BOUND x(3_0)
 BV BOUND x(3_1)
 BV BOUND x(3_2)
 BV BOUND x(4_0)
 BV BOUND x(4_1)
 BV BOUND x(4_2)
 BV BOUND z(0)
 BV BOUND z(1)
 BV BOUND z(2)
ENDATA
