print("wasix-top")
