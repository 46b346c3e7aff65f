NAME slide
ROWS
 N  negated
 L  c_u_S2_bandwidth_
 L  c_u_S3_open(0_0)_
 L  c_u_S3_open(1_0)_
 L  c_u_S4_cache_
COLUMNS
     x(0_0) negated -1
     x(0_0) c_u_S2_bandwidth_ 0.022574058365481171
     x(0_0) c_u_S3_open(0_0)_ 1
     x(1_0) negated -6.9309810592720256
     x(1_0) c_u_S2_bandwidth_ 0.04342323572219324
     x(1_0) c_u_S3_open(1_0)_ 1
     z(0) c_u_S3_open(0_0)_ -1
     z(0) c_u_S3_open(1_0)_ -1
     z(0) c_u_S4_cache_ 0.22734550393095326
RHS
     RHS c_u_S2_bandwidth_ 1
     RHS c_u_S3_open(0_0)_ 0
     RHS c_u_S3_open(1_0)_ 0
     RHS c_u_S4_cache_ 1
BOUNDS
 BV BOUND x(0_0)
 BV BOUND x(1_0)
 BV BOUND z(0)
ENDATA
