package main

func measureSlots(m *meter) error { return nil }
