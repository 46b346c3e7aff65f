"""DNN graphs: operators, their arithmetic, composed networks, coarsening."""
