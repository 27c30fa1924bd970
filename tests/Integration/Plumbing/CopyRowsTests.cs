using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Integration.Plumbing;

/// <summary>What is laid out by hand for COPY is what the table then holds; what is not completed is not there.</summary>
public sealed class CopyRowsTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private const string Table =
        "create temp table t (n bigint primary key, i integer, s smallint, id uuid, bytes bytea, at timestamptz, words text) "
            + "on commit drop";
    private const string Copy = "copy t (n, i, s, id, bytes, at, words) from stdin (format binary)";

    [Fact]
    public async Task Every_type_arrives_as_it_was_given()
    {
        var (id, at, words) = (DeterministicId.From("x"), new DateTimeOffset(1999, 12, 31, 23, 59, 59, 999, 999, TimeSpan.Zero),
            "Łódź – 東京 🏈 '\\\n");

        var row = await Run(async tx =>
        {
            await using var copy = await CopyRows.Begin(tx, Copy, 7);
            await copy.Row();
            copy.Add(long.MinValue);
            copy.Add(-7);
            copy.Add((short)-3);
            copy.Add(id);
            copy.Add([0, 255]);
            copy.Add(at);
            copy.Add(words);
            await copy.Row();
            copy.Add(1L);
            for (var column = 1; column < 7; column++) copy.AddNull();
            await copy.Complete();
            return await tx.QueryOne<Row>("select n, i, s, id, bytes, at, words from t where n < 0");
        });

        Assert.Equal((long.MinValue, -7, (short)-3, id, at, words), (row!.N, row.I, row.S, row.Id, row.At, row.Words));
        Assert.Equal([0, 255], row.Bytes);
    }

    [Fact]
    public async Task Many_rows_and_texts_larger_than_the_buffer_all_arrive()
    {
        var sum = await Run(async tx =>
        {
            await using var copy = await CopyRows.Begin(tx, "copy t (n, words) from stdin (format binary)", 2);
            for (long n = 0; n < 20_000; n++)
            {
                await copy.Row();
                copy.Add(n);
                copy.Add(n % 5_000 == 0 ? new string('é', 200_000) : "w");
            }

            await copy.Complete();
            return await tx.QueryOne<long>("select sum(length(words)) + count(*) from t");
        });

        Assert.Equal(4 * 200_000 + 19_996 + 20_000, sum);
    }

    [Fact]
    public async Task A_row_that_lacks_a_column_is_a_bug_and_what_is_not_completed_is_lost_with_its_transaction()
    {
        await Assert.ThrowsAsync<InvariantException>(() => Run(async tx =>
        {
            await using var copy = await CopyRows.Begin(tx, Copy, 7);
            await copy.Row();
            copy.Add(1L);
            await copy.Row();
            return 0;
        }));
        var lost = await Assert.ThrowsAsync<PostgresException>(() => Run(async tx =>
        {
            await using (await CopyRows.Begin(tx, Copy, 7)) { }
            return await tx.QueryOne<long>("select count(*) from t");
        }));

        Assert.Equal(PostgresErrorCodes.InFailedSqlTransaction, lost.SqlState);
    }

    [Fact]
    public async Task A_key_that_is_taken_is_told_at_the_end_and_a_savepoint_saves_the_rest()
    {
        var count = await Run(async tx =>
        {
            await tx.Execute("insert into t (n) values (1); savepoint before");
            await using (var copy = await CopyRows.Begin(tx, "copy t (n) from stdin (format binary)", 1))
            {
                await copy.Row();
                copy.Add(1L);
                var taken = await Assert.ThrowsAsync<PostgresException>(copy.Complete);
                Assert.Equal("t_pkey", taken.ConstraintName);
            }

            await tx.Execute("rollback to savepoint before");
            return await tx.QueryOne<long>("select count(*) from t");
        });

        Assert.Equal(1, count);
    }

    private async Task<T> Run<T>(Func<Tx, Task<T>> work)
    {
        await using var database = scope.Database("payout");
        return await database.Run(
            async tx =>
            {
                await tx.Execute(Table);
                return await work(tx);
            }, CancellationToken.None);
    }

    /// <summary>A row of the test's table.</summary>
    private sealed record Row(long N, int I, short S, Guid Id, byte[] Bytes, DateTimeOffset At, string Words);
}
