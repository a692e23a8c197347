/* Exceptions that a program and its library throw at each other. The library has what belongs to the classes. */
struct Problem {
    int code;
    explicit Problem(int code) : code(code) {}
    virtual int kind() const;
};

struct Special : Problem {
    explicit Special(int code) : Problem(code) {}
    int kind() const override;
};

/* Counts what was left by an exception. */
struct Guard {
    int *left;
    explicit Guard(int *left) : left(left) {}
    ~Guard() { ++*left; }
};

typedef void (*Body)(int);

/* How a body ended: what it threw, or 0. */
inline int outcome(Body body, int value) {
    try {
        body(value);
    } catch (int number) {
        return number;
    } catch (const Problem &problem) {
        return problem.kind() * 1000 + problem.code;
    } catch (const char *text) {
        return text[0];
    }
    return 0;
}
