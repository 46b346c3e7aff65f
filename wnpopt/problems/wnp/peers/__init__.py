"""Other people's schedulers as methods, for comparison; registered as entry points, as a third party's would be."""
