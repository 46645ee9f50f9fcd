print("seginfer")
