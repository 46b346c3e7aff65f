"""What methods are made of: a joint radio allocation and schedule, and the radio's answer to given deadlines."""
