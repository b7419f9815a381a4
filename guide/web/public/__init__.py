"""Pages for everybody: finding help, one service, plans, maps, lists, paper, offline."""
