extension Lint {
    /// All lints, in the order of their codes.
    package static let all: [Lint] = errors + warnings + hints

    static let byID: [LintID: Lint] = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

    private static let errors: [Lint] = [
        Lint(
            "E01", .etNotDrained, "Something is unread behind an edge-triggered registration whose edge was reported.",
            advice: "Read until AGAIN after each event, or register level-triggered, or EPOLL_CTL_MOD to look again.",
            example: """
                epoll_ctl(ep, ADD, fd, IN | ET);
                epoll_wait(ep, ...);            /* reports fd once */
                read(fd, buffer, 32);           /* 48 bytes were there: 16 stay, and no event comes for them */
                """),
        Lint(
            "E02", .oneshotNotRearmed,
            "A one-shot registration was reported, its object is ready again, and it is off.",
            advice: "EPOLL_CTL_MOD the registration when the event is handled.",
            example: """
                epoll_ctl(ep, ADD, fd, IN | ONESHOT);
                epoll_wait(ep, ...);            /* reports fd, and switches it off */
                read(fd, ...);                  /* no EPOLL_CTL_MOD follows */
                """),
        Lint(
            "E03", .nothingCanWake, hold: 1000,
            "A thread waits for ever on an interest list on which nothing can become ready.",
            advice: "Add what it should wait for, re-arm its one-shot registrations, or give the wait a timeout.",
            example: """
                epoll_ctl(ep, DEL, fd);
                epoll_wait(ep, events, 8, -1);  /* the list is empty */
                """),
        Lint(
            "E07", .waitCycle, hold: 1000, "Threads wait for each other in a circle.",
            advice:
                "Release locks before a call that can block, take locks in one order, or make the channel non-blocking.",
            example: """
                T1: lock(a); write(pipe, ...);  /* full: waits for T2 to read */
                T2: lock(a); read(pipe, ...);   /* waits for T1 to unlock */
                """),
        Lint(
            "E08", .allBlocked, hold: 1000, "All threads wait, and nothing outside of the program can wake one.",
            advice: "Look at what each thread waits for: one of them should have been woken before it slept.",
            example: """
                T1: read(pipe_of_T2, ...);
                T2: read(pipe_of_T1, ...);      /* neither has written */
                """),
        Lint(
            "E09", .lostWakeup, hold: 1000, "A thread sleeps on a word for which the wake-up came before it slept.",
            advice: "Change the word before waking, and test it under the same lock or compare it in futex_wait.",
            example: """
                T1: futex_wake(&word, 1);       /* nobody waits yet, and the word stays 0 */
                T2: futex_wait(&word, 0);       /* sleeps for ever */
                """),
        Lint(
            "E12", .selfPipeFull, hold: 1000, "A write waits for room in a channel that only its own thread reads.",
            advice: "Make the write end non-blocking, or read on another thread.",
            example: """
                while (more) write(pipe[1], ...); /* full after 65,536 bytes; the reader is this thread */
                """),
        Lint(
            "E13", .staleUserData,
            "An event led to a descriptor number that was closed or belongs to something else now.",
            advice: "EPOLL_CTL_DEL before close, and put a generation into the user data.",
            example: """
                close(fd);                      /* a duplicate keeps the registration alive */
                epoll_wait(ep, ...);            /* reports the old number */
                read(event.data.fd, ...);       /* EBADF, or another connection's bytes */
                """),
        Lint(
            "E14", .writeEndStillOpen, hold: 1000,
            "A reader waits for an end of file that cannot come: the program itself holds the other end open.",
            advice: "Close the write end in every thread and process that does not write.",
            example: """
                pipe(ends);                     /* close(ends[1]) is missing */
                while (read(ends[0], ...) > 0); /* never ends */
                """),
        Lint(
            "E15", .guestBuiltWithoutWaker, hold: 1000,
            "An event loop sleeps while another thread tries to wake it by something that its epoll does not watch.",
            advice: "Register an eventfd with the loop's epoll and write it to wake the loop.",
            example: """
                T1: epoll_wait(ep, events, 8, -1);
                T2: queue_push(job); write(eventfd, ...); /* eventfd is in no interest list of ep */
                """),
    ]

    private static let warnings: [Lint] = [
        Lint(
            "W04", .ltStorm, "A level-triggered registration is reported again and again, and nothing touches it.",
            advice: "Handle it, take the event out of the mask, or register edge-triggered.",
            example: """
                for (;;) { epoll_wait(ep, ...); /* reports fd each time */ continue; }
                """),
        Lint(
            "W05", .writableAlways,
            "EPOLLOUT is registered while there is nothing to write: every wait returns at once.",
            advice: "Register EPOLLOUT only after a write answered AGAIN, and take it out when all is written.",
            example: """
                epoll_ctl(ep, ADD, fd, IN | OUT); /* room to write is there nearly always */
                """),
        Lint(
            "W06", .busyPoll, hold: 1000, "A loop asks without waiting, and nearly always there is nothing.",
            advice: "Wait without a timeout, or until the next deadline.",
            example: """
                for (;;) epoll_wait(ep, events, 8, 0);
                """),
        Lint(
            "W10", .eventNoWaiter, hold: 1000, "Something is there to read, and nobody watches or reads it.",
            advice: "Register the descriptor, read it, or close it.",
            example: """
                write(eventfd, &one, 8);        /* it is in no epoll, no poll and no read */
                """),
        Lint(
            "W11", .fdLeak, "The number of open descriptors of one kind grows, and nearly none is closed.",
            advice: "Close what is not used any more, also on the paths of errors and ends of file.",
            example: """
                int fd = accept(listener, ...);
                if (read(fd, ...) == 0) continue; /* close(fd) is missing */
                """),
        Lint(
            "W14", .hupNotClosed, hold: 5000,
            "The other side closed a while ago, and the descriptor is still open and watched.",
            advice: "Close the descriptor when a read answers 0 or an event says HUP.",
            example: """
                if (read(fd, ...) == 0) return; /* close(fd) is missing */
                """),
        Lint(
            "W15", .userDataRewritten, "User data that the C library's epoll functions do not hand back unchanged.",
            advice: "Use tokens of 32 bits that are not 0.",
            example: """
                event.data.u64 = (uint64_t)generation << 32; /* the low half is 0: comes back as the descriptor */
                """),
        Lint(
            "W17", .ctlErrorUnseen, "epoll_ctl failed and the program goes on as if it had not.",
            advice: "Test the result for != 0: the C library answers the errno as a positive number.",
            example: """
                if (epoll_ctl(ep, ADD, fd, &event) < 0) give_up(); /* EEXIST comes back as 20 */
                """),
        Lint(
            "W18", .slowHandler, "A loop took long from one wait to the next.",
            advice: "Move long work to another thread, or divide it.",
            example: """
                epoll_wait(ep, ...);
                compress(a_large_file);         /* all other descriptors wait meanwhile */
                """),
        Lint(
            "W19", .blockingCallInLoop, "A thread that runs an event loop blocked in another call than its wait.",
            advice: "Make the descriptor non-blocking and wait for it in the loop, or use another thread.",
            example: """
                epoll_wait(ep, ...);
                read(blocking_fd, ...);         /* sleeps here, while others are ready */
                """),
        Lint(
            "W20", .thunderingHerd, "One event wakes several threads, and all but one find nothing.",
            advice: "One epoll instance for all, EPOLLONESHOT, or one thread that accepts.",
            example: """
                T1, T2, T3: epoll_wait(their own ep, ...); accept(the same listener);
                """),
        Lint(
            "W21", .acceptStarved, hold: 100, "Connections wait to be accepted while the loop goes round.",
            advice: "Accept until AGAIN on each event.",
            example: """
                epoll_wait(ep, ...);            /* edge-triggered listener */
                accept(listener, ...);          /* one, though five are there */
                """),
        Lint(
            "W23", .shortWriteLost, hold: 1000, "A write took less than asked, and the rest was never written.",
            advice: "Keep the rest, register EPOLLOUT and write on.",
            example: """
                write(fd, page, 100000);        /* answers 65536; the rest is forgotten */
                """),
        Lint(
            "W24", .ghostItem, "A registration lives on behind a descriptor number that was closed.",
            advice: "EPOLL_CTL_DEL before close: a duplicate keeps the registration alive.",
            example: """
                int copy = dup(fd);
                epoll_ctl(ep, ADD, fd, ...);
                close(fd);                      /* still reported; EPOLL_CTL_DEL(fd) is EBADF */
                """),
        Lint(
            "W25", .waitOrderStarvation,
            "A ready registration is left out of wait after wait: the array is always full.",
            advice: "Take more events a wait.",
            example: """
                epoll_wait(ep, events, 1, ...); /* four are ready each time */
                """),
        Lint(
            "W29", .unwatchedNonblock, hold: 1000,
            "A call answered AGAIN, and nobody waits for the descriptor to become ready.",
            advice: "Register it with an epoll instance, or poll it.",
            example: """
                if (read(fd, ...) == -1 && errno == EAGAIN) return; /* fd is in no epoll and no poll */
                """),
        Lint(
            "W30", .missingCall, "The program asks for a call that does not work here.",
            advice: "See 'wasix-top calls' for what works; some calls need a module that was built for them.",
            example: """
                proc_fork(...);                 /* answers NOTSUP, or NOSYS elsewhere */
                """),
        Lint(
            "W31", .peerGoneStillOpen, hold: 1000,
            "The other side has closed, that was reported, all was read, and the descriptor is still open.",
            advice: "Close the descriptor: an edge-triggered registration says it only once.",
            example: """
                /* event: IN | RDHUP, edge-triggered */
                while (read(fd, ...) > 0);      /* 0: end of file, close(fd) is missing */
                """),
    ]

    private static let hints: [Lint] = [
        Lint(
            "W16", severity: .hint, .waitClamped,
            "Waits ask for 64 events and get 64 again and again: the C library asks for no more.",
            advice: "More loops, or a fair order in one.",
            example: """
                epoll_wait(ep, events, 1024, ...); /* the C library asks for 64 */
                """),
        Lint(
            "W22", severity: .hint, .spuriousEvents, "Many reported events lead to AGAIN.",
            advice: "Look who else reads the descriptor, or read no further than what was reported.",
            example: """
                epoll_wait(ep, ...);            /* IN */
                read(fd, ...);                  /* AGAIN: somebody was faster */
                """),
        Lint(
            "W26", severity: .hint, .eintrStorm, "Waits are interrupted by signals all the time.",
            advice: "Mask the signal in threads that wait, or ask for SA_RESTART.",
            example: """
                setitimer(10 ms); for (;;) epoll_wait(...); /* EINTR */
                """),
        Lint(
            "W27", severity: .hint, .pollForMany, "poll looks at many descriptors many times a second.",
            advice: "Use epoll: a wait costs what is ready, not what is watched.",
            example: """
                poll(fds, 500, ...);            /* 1,000 times a second */
                """),
        Lint(
            "W28", severity: .hint, .sleepLoop, "A loop sleeps shortly again and again and does nothing in between.",
            advice: "Wait on an event.",
            example: """
                while (!done) usleep(1000);
                """),
    ]
}
