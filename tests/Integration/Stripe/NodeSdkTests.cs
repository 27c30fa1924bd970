namespace ContestPipeline.Integration.Stripe;

/// <summary>
/// Stripe's own Node SDK against the simulator: types, errors, idempotency, pages and signatures are judged by a client that
/// nobody here wrote. scripts/setup installs it beside tests/NodeSdk/checks.mjs; without Node the tests are skipped.
/// </summary>
public sealed class NodeSdkTests(NodeSdkRun run) : IClassFixture<NodeSdkRun>
{
    [Theory]
    [InlineData("a payment")]
    [InlineData("a declined card")]
    [InlineData("a canceled payment")]
    [InlineData("a refund")]
    [InlineData("a dispute")]
    [InlineData("an early fraud warning")]
    [InlineData("an account and its links")]
    [InlineData("a transfer and its reversal")]
    [InlineData("all pages")]
    [InlineData("a bank payout")]
    [InlineData("a kept card")]
    [InlineData("the parts of an account, and a payout asked for in its name")]
    [InlineData("the balance and its movements")]
    [InlineData("events")]
    [InlineData("a delivered webhook")]
    [InlineData("errors of transport")]
    public void The_official_sdk_agrees_about(string check)
    {
        Assert.SkipUnless(run.Absent is null, run.Absent ?? "");
        Assert.Equal($"ok {check}",
            run.Lines.SingleOrDefault(line => line.EndsWith(check, StringComparison.Ordinal)
                || line.Contains($" {check}: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_check_of_the_script_is_named_here()
    {
        Assert.SkipUnless(run.Absent is null, run.Absent ?? "");
        Assert.Equal(16, run.Lines.Count);
    }
}

/// <summary>One run of the script.</summary>
public sealed class NodeSdkRun : IAsyncLifetime
{
    /// <summary>Why there was no run; null when there was.</summary>
    public string? Absent { get; private set; }

    public List<string> Lines { get; } = [];

    public async ValueTask InitializeAsync()
    {
        var folder = Find() ?? throw new InvalidOperationException("tests/NodeSdk is not above the tests' folder");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "stripe")))
        {
            Absent = "Stripe's Node SDK is not installed: node or npm is missing, or scripts/setup has not run";
            return;
        }

        await using var platform = await StripePlatform.Start();
        using var process = new ChildProcess("node", ["checks.mjs", platform.Url], folder);
        Lines.AddRange(await process.LinesUntil("done"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var found = Path.Combine(folder.FullName, "tests", "NodeSdk");
            if (Directory.Exists(found)) return found;
        }

        return null;
    }
}
