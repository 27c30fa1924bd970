using ContestPipeline.Contestctl;
using ContestPipeline.Contestctl.Prizes;
using ContestPipeline.Contracts;
using ContestPipeline.Unit.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Unit.Contestctl;

/// <summary>Payout tables are read as they are published, and what is not whole is refused with its line.</summary>
public sealed class PayoutTableTests
{
    private static readonly Currency s_usd = Currencies.Find("usd")!;

    [Theory]
    [InlineData("1st $1,000.00", 1, 100_000)]
    [InlineData("1,1000", 1, 100_000)]
    [InlineData("1;\"$1,000.50\"", 1, 100_050)]
    [InlineData("1 - 1,000: $5", 1_000, 500)]
    [InlineData("1-3,25.5", 3, 2_550)]
    [InlineData("1st to 10th\t$7", 10, 700)]
    [InlineData("1st – 2nd  €0.01", 2, 1)]
    public void A_line_is_a_span_of_places_and_a_prize(string line, int to, long amountMinor) =>
        Assert.Equal([new PrizeRangeV1(1, to, amountMinor)], ReadPayoutTable.Of(["Place,Prize", "", line], s_usd));

    [Theory]
    [InlineData("1 $10|3 $5", "line 2: expected place 2, got 3: a gap")]
    [InlineData("2 $10", "line 1: expected place 1, got 2: a gap")]
    [InlineData("1 - 3 $10|3 $5", "line 2: expected place 4, got 3: named twice")]
    [InlineData("1 $10|5 - 2 $5", "line 2: expected place 2, got 5: a gap")]
    [InlineData("1 - 0 $5", "line 1: 0 is no place")]
    [InlineData("1 $0", "line 1: 0 is no prize")]
    [InlineData("1 $1.005", "line 1: 1.005 is no prize")]
    [InlineData("1 a ticket for 2", "line 1: expected a place and a prize")]
    [InlineData("1 $10 $20", "line 1: expected a place and a prize")]
    [InlineData("1 $10|Second $5", "line 2: expected a place and a prize")]
    [InlineData("Place Prize", "there is no line")]
    public void What_is_no_whole_table_is_refused_with_its_line(string table, string said) => Assert.StartsWith(said,
        Assert.Throws<InvalidDataException>(() => ReadPayoutTable.Of(table.Split('|'), s_usd)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_currency_without_smaller_units_takes_whole_amounts() => Assert.Equal(
        [new PrizeRangeV1(1, 1, 1_000)], ReadPayoutTable.Of(["1 1,000"], Currencies.Find("jpy")!));

    [Fact]
    public async Task A_table_becomes_prizes_and_one_with_a_gap_ends_with_exit_code_2()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "1 $10\n2-4 $5\n", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Success, await Run($"prizes import {file} --json"));
        Assert.Equal(ExitCodes.Usage, await Run($"prizes import {file} --currency xyz"));
        await File.WriteAllTextAsync(file, "1 $10\n3-4 $5\n", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Usage, await Run($"prizes import {file}"));
        File.Delete(file);
    }

    private static Task<int> Run(string line) => CommandLine.Run(line.Split(' '),
        new Session(new ConfigurationBuilder().Build(), new SteppedClock()), new StringWriter(),
        TestContext.Current.CancellationToken);
}
