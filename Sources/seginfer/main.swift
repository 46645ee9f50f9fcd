import SeginferCommand

SegInfer.main()
