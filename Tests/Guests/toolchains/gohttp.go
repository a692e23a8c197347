// An HTTP server on a listening socket that was handed in: net/http, goroutines and deadlines over one descriptor.
// Usage: gohttp DESCRIPTOR; ends by itself after a request for /stop
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

func main() {
	number, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	file := os.NewFile(uintptr(number), "listener")
	listener, err := net.FileListener(file)
	if err != nil {
		fmt.Println("no listener:", err)
		os.Exit(1)
	}
	file.Close()

	var served atomic.Int64
	stop := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		fmt.Fprintf(w, "hello, %s\n", r.URL.Query().Get("name"))
	})
	mux.HandleFunc("/upper", func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(err)
		}
		io.WriteString(w, strings.ToUpper(string(body)))
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		for part := 0; part < 3; part++ {
			time.Sleep(10 * time.Millisecond)
			fmt.Fprintln(w, "part", part)
			w.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("/big", func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		line := strings.Repeat("0123456789abcde\n", 4096)
		for part := 0; part < 64; part++ {
			io.WriteString(w, line)
		}
	})
	mux.HandleFunc("/stop", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "stopping")
		close(stop)
	})
	server := &http.Server{Handler: mux, ReadTimeout: 20 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	<-stop
	limit, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	fmt.Println("shutdown:", server.Shutdown(limit))
	fmt.Println("serve:", <-ended)
	fmt.Println("served:", served.Load())
}
