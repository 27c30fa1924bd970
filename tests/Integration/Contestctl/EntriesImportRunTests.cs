using ContestPipeline.Contestctl;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Integration.Contestctl;

/// <summary>Line-ups of a file enter a published contest once, however often and wherever the import was stopped.</summary>
public sealed class EntriesImportRunTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    private const string Contest = "sample-two-games";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_import_that_was_stopped_goes_on_and_one_with_a_wrong_line_sends_nothing()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ContestPipeline.sln"))) folder = folder.Parent!;
        var samples = Path.Combine(folder.FullName, "samples");
        var file = Path.Combine(samples, "entries.csv");
        var spoilt = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            spoilt, (await File.ReadAllTextAsync(file, Ct)).Replace("Sam Bradford", "Sam Bradfort", StringComparison.Ordinal),
                Ct);

        // Nobody answers: contest and entries are unknown.
        Assert.Equal(ExitCodes.CheckFailed, await Run($"entries import {Contest} {file} --wait 0"));
        var host = await scope.Start(builder => builder.AddScoring());
        Assert.Equal(ExitCodes.Success, await Run($"contest create {samples}/contest.json --wait 60"));
        await scope.Stop(host);

        Assert.Equal(ExitCodes.CheckFailed, await Run($"entries import {Contest} {spoilt} --wait 0"));
        Assert.Empty(Sent());
        Assert.Equal(ExitCodes.Success, await Run($"entries import {Contest} {file} --check"));
        Assert.Empty(Sent());

        // Stopped before any answer: sent twice, answered once.
        Assert.Equal(ExitCodes.CheckFailed, await Run($"entries import {Contest} {file} --wait 0"));
        Assert.Equal(3, Sent().Length);
        host = await scope.Start(builder => builder.AddScoring());
        Assert.Equal(ExitCodes.Success, await Run($"entries import {Contest} {file} --wait 60"));
        var sent = Sent().Length;
        Assert.Equal(ExitCodes.Success, await Run($"entries import {Contest} {file} --json"));
        Assert.Equal(sent, Sent().Length);

        // An entry that is there already, with another line-up: refused, and told as refused when it is given again.
        await File.WriteAllTextAsync(
            spoilt, (await File.ReadAllTextAsync(file, Ct)).Replace("Sam Bradford", "Eli Manning", StringComparison.Ordinal), Ct);
        Assert.Equal(ExitCodes.CheckFailed, await Run($"entries import {Contest} {spoilt} --wait 60"));
        Assert.Equal(ExitCodes.CheckFailed, await Run($"entries import {Contest} {spoilt} --check"));
        await scope.Stop(host);
        File.Delete(spoilt);

        var reader = new TopicReader(scope.Kafka);
        Assert.Equal(["sample-1", "sample-2", "sample-3"], reader.Read<EntryPaymentRequiredV1>(Ct)
            .DistinctBy(r => r.Envelope.MessageId)
            .Select(r => r.Message.EntryId).Order(StringComparer.Ordinal));
        Assert.Equal("entry-exists", Assert.Single(reader.Read<CommandRejectedV1>(Ct).DistinctBy(r => r.Envelope.MessageId))
            .Message.ReasonCode);
    }

    private Envelope[] Sent() => [.. new TopicReader(scope.Kafka).Read(Topics.ContestCommands, Ct)];

    private Task<int> Run(string arguments) => CommandLine.Run(
        arguments.Split(' '),
        new Session(new ConfigurationBuilder().AddInMemoryCollection(scope.Settings()).Build(), TimeProvider.System), Ct);
}
