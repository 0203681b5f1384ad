/*
 * Conjugate gradient on a large random sparse matrix, in the manner of NPB-CG: inverse power iteration whose every outer step solves a
 * system by 25 inner steps. The matrix, most of the memory, is only read; the vectors are swept over and over, each at its own moment.
 */
#include <math.h>

#include "worker.h"

enum { BLOCK = PAGE_BYTES / sizeof(double), OFFSETS = 7, ROW = 1 + 2 * OFFSETS, INNER_STEPS = 25 };

/* What is being done to all rows; one unit of work is one block of them. */
enum stage { BEGIN, MULTIPLY, STEP, DIRECTION, RESIDUAL, NEXT };

static struct { struct guarded values, columns, x, z, p, q, r; } guards;
static double *values, *x, *z, *p, *q, *r;
static uint32_t *columns;
static size_t rows, row;
static enum stage stage;
static uint64_t inner, outer;
static double rho, rho_new, alpha, beta, product, shift = 10, zeta, distance, norm, residual;

static double weight(size_t from, size_t offset)
{
    return (double)(mix(worker->seed ^ (from * OFFSETS + offset)) >> 11) / (double)(1ULL << 53) - 0.5;
}

/* Symmetric: row i and row i + offset share a weight. Positive definite: the diagonal outweighs the rest of its row. */
static void make_matrix(void)
{
    size_t offsets[OFFSETS];
    for (size_t k = 0; k < OFFSETS; k++)
        offsets[k] = 1 + mix(worker->seed + k + 1) % (rows / 2 - 1);
    for (size_t i = 0; i < rows; i++) {
        double *value = values + i * ROW, diagonal = 0.05;
        uint32_t *column = columns + i * ROW;
        for (size_t k = 0; k < OFFSETS; k++) {
            size_t after = (i + offsets[k]) % rows, before = (i + rows - offsets[k]) % rows;
            value[2 * k] = weight(i, k), column[2 * k] = (uint32_t)after;
            value[2 * k + 1] = weight(before, k), column[2 * k + 1] = (uint32_t)before;
            diagonal += fabs(value[2 * k]) + fabs(value[2 * k + 1]);
        }
        value[ROW - 1] = diagonal, column[ROW - 1] = (uint32_t)i;
    }
    guarded_seal(&guards.values, values, rows * ROW * sizeof *values);
    guarded_seal(&guards.columns, columns, rows * ROW * sizeof *columns);
}

static void prepare(void)
{
    size_t per_row = ROW * (sizeof(double) + sizeof(uint32_t)) + 5 * sizeof(double);
    rows = (size_t)(worker->mebibytes << 20) / per_row / BLOCK * BLOCK;
    values = guarded_create(&guards.values, "the matrix", rows * ROW * sizeof *values);
    columns = guarded_create(&guards.columns, "the columns", rows * ROW * sizeof *columns);
    x = guarded_create(&guards.x, "x", rows * sizeof *x);
    z = guarded_create(&guards.z, "z", rows * sizeof *z);
    p = guarded_create(&guards.p, "p", rows * sizeof *p);
    q = guarded_create(&guards.q, "q", rows * sizeof *q);
    r = guarded_create(&guards.r, "r", rows * sizeof *r);
    make_matrix();
    for (size_t i = 0; i < rows; i++)
        x[i] = 1;
    guarded_seal(&guards.x, x, rows * sizeof *x);
}

static double times(size_t i, const double *vector)
{
    double sum = 0;
    for (size_t k = i * ROW; k < (i + 1) * ROW; k++)
        sum += values[k] * vector[columns[k]];
    return sum;
}

static void seal(struct guarded *area, const double *vector)
{
    guarded_seal(area, vector + row, BLOCK * sizeof *vector);
}

static void work_on_block(void)
{
    size_t end = row + BLOCK;
    switch (stage) {
    case BEGIN:
        for (size_t i = row; i < end; i++)
            z[i] = 0, r[i] = p[i] = x[i], rho_new += x[i] * x[i];
        seal(&guards.z, z), seal(&guards.r, r), seal(&guards.p, p);
        break;
    case MULTIPLY:
        for (size_t i = row; i < end; i++)
            q[i] = times(i, p), product += p[i] * q[i];
        seal(&guards.q, q);
        break;
    case STEP:
        for (size_t i = row; i < end; i++)
            z[i] += alpha * p[i], r[i] -= alpha * q[i], rho_new += r[i] * r[i];
        seal(&guards.z, z), seal(&guards.r, r);
        break;
    case DIRECTION:
        for (size_t i = row; i < end; i++)
            p[i] = r[i] + beta * p[i];
        seal(&guards.p, p);
        break;
    case RESIDUAL:
        for (size_t i = row; i < end; i++) {
            r[i] = times(i, z);
            distance += (x[i] - r[i]) * (x[i] - r[i]), product += x[i] * z[i], norm += z[i] * z[i];
        }
        seal(&guards.r, r);
        break;
    case NEXT:
        for (size_t i = row; i < end; i++)
            x[i] = z[i] / norm;
        seal(&guards.x, x);
        break;
    }
}

static void end_stage(void)
{
    row = 0;
    switch (stage) {
    case BEGIN: rho = rho_new, product = 0, inner = 0, stage = MULTIPLY; break;
    case MULTIPLY: alpha = rho / product, rho_new = 0, stage = STEP; break;
    case STEP: beta = rho_new / rho, rho = rho_new, stage = DIRECTION; break;
    case DIRECTION:
        product = distance = norm = 0;
        stage = ++inner < INNER_STEPS ? MULTIPLY : RESIDUAL;
        break;
    case RESIDUAL: zeta = shift + 1 / product, norm = sqrt(norm), residual = sqrt(distance), stage = NEXT; break;
    case NEXT: outer++, rho_new = 0, stage = BEGIN; break;
    }
}

static void work(void)
{
    work_on_block();
    row += BLOCK;
    if (row == rows)
        end_stage();
}

static int report(char *text, size_t size)
{
    snprintf(text, size, " outer=%" PRIu64 " inner=%" PRIu64 " zeta=%.6f residual=%.3e", outer, inner, zeta, residual);
    /* The solver's own residual says that the arithmetic went right as well. */
    return !isnan(rho) && !isnan(zeta) && residual < 1e-3 * sqrt((double)rows);
}

int main(int argc, char **argv)
{
    static struct worker cg = {
        .name = "cg", .summary = "Conjugate gradient on a random sparse matrix: the matrix is read, the vectors are swept.", .unit = "blocks of 512 rows",
        .endpoint = "127.0.0.1:7811", .mebibytes = 128, .rate = 5000, .seed = 1, .prepare = prepare, .work = work, .report = report,
    };
    return worker_main(&cg, argc, argv);
}
