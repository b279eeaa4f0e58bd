"""`oncedesk …`: the commands of the design, one function each, one file for each group; what a command does is a flow's.

Every command runs without a display. With --json standard output holds one JSON document (English keys, stable); messages go to
standard error. A command imports what it needs when it runs: Qt for the window only, the store and OpenCV where they are used.
"""
