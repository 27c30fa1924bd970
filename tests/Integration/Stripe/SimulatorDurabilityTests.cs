using ContestPipeline.StripeSimulator.Shell;
using Stripe;
using File = System.IO.File;

namespace ContestPipeline.Integration.Stripe;

/// <summary>The simulator as a process of its own, killed without warning.</summary>
public sealed class SimulatorDurabilityTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("stripe-simulator-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task What_was_committed_but_never_answered_survives_a_kill()
    {
        string accountId;
        using (var first = StartProcess())
        {
            var (url, client) = await Connect(first);
            accountId = await StripePlatform.Prepare(client, url);
            using var http = new HttpClient();
            await http.PostAsync(
                $"{url}/_admin/faults", new StringContent("""{"kind":"timeout-after","endpoint":"transfers.create"}"""));
            await Assert.ThrowsAsync<HttpRequestException>(() => Transfer(client, accountId, 1));
            first.Kill();
        }

        using var second = StartProcess();
        var (_, reborn) = await Connect(second);
        var made = await Transfer(reborn, accountId, 1);

        Assert.Equal("true", made.StripeResponse.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Single((await reborn.V1.Transfers.ListAsync()).Data);
        Assert.Equal(999_999, (await reborn.V1.Balance.GetAsync()).Available.Single().Amount);
    }

    [Fact]
    public async Task A_kill_amid_many_requests_loses_nothing_acknowledged_and_doubles_nothing()
    {
        const int TransfersMax = 200;
        string accountId;
        var acknowledged = new System.Collections.Concurrent.ConcurrentDictionary<int, string>();
        using (var first = StartProcess())
        {
            var (url, client) = await Connect(first);
            accountId = await StripePlatform.Prepare(client, url);
            await Parallel.ForEachAsync(Enumerable.Range(0, TransfersMax), new ParallelOptions { MaxDegreeOfParallelism = 8 },
                async (n, _) =>
            {
                try
                {
                    acknowledged[n] = (await Transfer(client, accountId, n)).Id;
                    if (acknowledged.Count == TransfersMax / 2) first.Kill();
                }
                catch (HttpRequestException)
                {
                    // Killed: the outcome of this one is unknown until it is asked again.
                }
            });
        }

        using var second = StartProcess();
        var (_, reborn) = await Connect(second);
        for (var n = 0; n < TransfersMax; n++)
        {
            var made = await Transfer(reborn, accountId, n);
            if (acknowledged.TryGetValue(n, out var id)) Assert.Equal(id, made.Id);
        }

        Assert.InRange(acknowledged.Count, TransfersMax / 2, TransfersMax - 1);
        var transfers = new List<Transfer>();
        await foreach (var transfer in reborn.V1.Transfers.ListAutoPagingAsync(new TransferListOptions { Limit = 100 }))
            transfers.Add(transfer);
        Assert.Equal(Enumerable.Range(0, TransfersMax).Select(n => $"group-{n}").Order(),
            transfers.Select(transfer => transfer.TransferGroup).Order());
    }

    [Fact]
    public async Task A_last_line_that_was_never_finished_is_cut_off()
    {
        await using (var first = await StripeSimulatorHost.Start(folder.FullName))
            await StripePlatform.Prepare(StripePlatform.NewClient(first.Url, 0), first.Url);
        var journal = Path.Combine(folder.FullName, "journal.jsonl");
        var whole = await File.ReadAllTextAsync(journal);
        await File.AppendAllTextAsync(journal, """{"Request":{"Method":"POST","Path":"/v1/tra""");

        await using (var second = await StripeSimulatorHost.Start(folder.FullName))
            Assert.Single((await StripePlatform.NewClient(second.Url, 0).V1.Accounts.ListAsync()).Data);

        Assert.Equal(whole, await File.ReadAllTextAsync(journal));
        Assert.DoesNotContain("sk_test_", whole, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PIPELINE_ENVIRONMENT", "live")]
    [InlineData("SIMULATOR_DATA", "")]
    public async Task A_setting_that_will_not_do_stops_it_with_one_sentence(string name, string value)
    {
        using var process = StartProcess((name, value));

        Assert.StartsWith(" is", " " + (await process.LineAfter(name)), StringComparison.Ordinal);
        Assert.Equal(2, await process.ExitCode());
    }

    private ChildProcess StartProcess(params (string Name, string Value)[] changes)
    {
        var settings = new Dictionary<string, string>
        {
            ["PIPELINE_ENVIRONMENT"] = "test", ["SIMULATOR_URL"] = "http://127.0.0.1:0", ["SIMULATOR_DATA"] = folder.FullName,
        };
        foreach (var (name, value) in changes) settings[name] = value;
        return new ChildProcess("dotnet", [typeof(StripeSimulatorHost).Assembly.Location], settings: settings);
    }

    private static async Task<(string Url, StripeClient Client)> Connect(ChildProcess process)
    {
        var url = await process.LineAfter("simulator listening on ");
        return (url, StripePlatform.NewClient(url, maxNetworkRetries: 0));
    }

    private static Task<Transfer> Transfer(StripeClient client, string accountId, int n) => client.V1.Transfers.CreateAsync(
        new TransferCreateOptions { Amount = 1, Currency = "usd", Destination = accountId, TransferGroup = $"group-{n}" },
        new RequestOptions { IdempotencyKey = $"key-{n}" });
}
