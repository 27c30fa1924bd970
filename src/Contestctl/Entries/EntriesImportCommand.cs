using System.CommandLine;
using ContestPipeline.Contestctl.Files;
using ContestPipeline.Contestctl.Messages;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Scoring;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Entries;

/// <summary><c>contestctl entries import</c>: line-ups of a CSV file as entries of a published contest.</summary>
internal static class EntriesImportCommand
{
    private const int InFlightMax = 2_000;
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);

    private const string About =
        """
        Enters the line-ups of a CSV file into a published contest and waits for the
        pipeline's answers. Columns: entry, player and one for each slot, in any order;
        others are passed over and named. A cell is an athlete's id or name; of
        namesakes the one who fits the slot is meant, or the one whose id, team or
        position follows in brackets: 'David Johnson (PIT)'. Files as DraftKings and
        FanDuel take them are read with --player and --ids.

        Every line is judged first. If one is refused nothing is sent, and each refused
        line is shown with its number. The same line sent again is the same command
        with the same answer, so a run that was stopped goes on when it is given again.
        Exit code 1: something was refused, or answers are missing; 2: the file is none.

        Examples:
          contestctl entries import sample-two-games samples/entries.csv --check
          contestctl entries import sample-two-games samples/entries.csv
        """;

    public static Command Make(Session session)
    {
        var contest = new Argument<string>("CONTEST") { Description = "The contest's id." };
        var file = new Argument<FileInfo>("FILE") { Description = "The line-ups, CSV, also packed by gzip." };
        var player = new Option<string?>("--player") { Description = "Whose entries they are, where no column says so." };
        var ids = new Option<FileInfo?>("--ids") { Description = "Whom the operator's ids mean, as pool import writes it." };
        var check = new Option<bool>("--check") { Description = "Send nothing: judge the file and show earlier answers." };
        var wait = new Option<int>("--wait")
        {
            Description = "Seconds to wait without any answer.", DefaultValueFactory = _ => 15,
        };
        wait.Validators.Add(OptionRules.AtLeast(0));
        var json = Output.JsonOption<EntriesImportAnswer>();
        var command = new Command("import", About) { contest, file, player, ids, check, wait, json };
        command.SetAction(async (parsed, ct) =>
        {
            var text = Csv.Text(await Unpacked.Read(parsed.GetRequiredValue(file), ct));
            var theirs = parsed.GetValue(ids) is { } known ? OperatorIds.Read(Csv.Text(await Unpacked.Read(known, ct)))
                : new Dictionary<string, string>();
            var contestId = parsed.GetRequiredValue(contest);
            var kafka = session.Kafka();
            var tail = new ContestTail(kafka, Topics.ContestEvents, contestId);
            var events = await LongWork.While($"reading {Topics.ContestEvents}", session.Clock,
                work => Task.Run(() => tail.Read(work, ct), ct));
            var definition = events.OfType<ContestPublishedV1>().FirstOrDefault()?.Definition
                ?? throw new RefusedException($"no contest {contestId} is published");
            var entries = ReadEntries.Of(text, new ContestRules(definition), parsed.GetValue(player), theirs);
            var answers = new EntryAnswers();
            answers.Add(events);
            var sent = 0;
            if (entries.Refused.Count == 0 && !parsed.GetValue(check))
            {
                ImportedEntry[] open = [.. entries.Entries.Where(e => answers.To(e.Command) is null)];
                await Send(session, kafka, open, ct);
                sent = open.Length;
                await Hear(session, tail, open, TimeSpan.FromSeconds(parsed.GetValue(wait)), answers, ct);
            }

            var told = answers.Told(contestId, entries, sent);
            Output.Show(parsed, json, told, console => Write(console, told, parsed.GetValue(check)));
            return told.Refused.Count == 0 && (told.Unanswered == 0 || parsed.GetValue(check))
                ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
        return command;
    }

    /// <summary>In the order of the file: they are of one key.</summary>
    private static async Task Send(
        Session session, KafkaSettings kafka, IReadOnlyList<ImportedEntry> entries, CancellationToken ct)
    {
        using var producer = new MessageProducer(kafka, "contestctl", session.Clock);
        using var work = LongWork.Begin("publishing entries", session.Clock);
        var sending = new Queue<Task>();
        for (var i = 0; i < entries.Count; i++)
        {
            ct.ThrowIfCancellationRequested();
            sending.Enqueue(producer.Publish(entries[i].Command));
            if (sending.Count > InFlightMax) await sending.Dequeue();
            work.Report((i + 1, entries.Count));
        }

        await Task.WhenAll(sending);
    }

    /// <summary>Waits as long as answers come.</summary>
    private static async Task Hear(Session session, ContestTail tail, IReadOnlyList<ImportedEntry> open, TimeSpan patience,
        EntryAnswers answers, CancellationToken ct)
    {
        using var work = LongWork.Begin("waiting for answers", session.Clock);
        for (var (heard, last) = (0, session.Clock.GetTimestamp());
            heard < open.Count && session.Clock.GetElapsedTime(last) <= patience;)
        {
            await Task.Delay(s_poll, session.Clock, ct);
            answers.Add(await Task.Run(() => tail.Read(null, ct), ct));
            var now = open.Count(e => answers.To(e.Command) is not null);
            if (now > heard) last = session.Clock.GetTimestamp();
            work.Report((heard = now, open.Count));
        }
    }

    private static void Write(IAnsiConsole console, EntriesImportAnswer told, bool isCheck)
    {
        if (told.PassedOver.Count > 0)
            Output.Progress().WriteLine($"columns passed over: {string.Join(", ", told.PassedOver)}");
        if (told.Refused.Count > 0)
        {
            var table = Output.Table("line", "entry", "reason", "what");
            foreach (var line in told.Refused) table.Row(line.Line, line.EntryId, line.ReasonCode, line.Message);
            console.Write(table);
        }

        console.WriteLine($"{told.Lines} entries: {told.Sent} sent now, {told.Accepted} take part, {told.AwaitFee} await their "
            + $"fee, {told.Withdrawn} were taken back, {told.Refused.Count} refused, {told.Unanswered} without an answer");
        if (told.Unanswered > 0 && !isCheck) console.WriteLine(told.Refused.Count > 0 && told.Sent == 0
            ? "nothing was sent: mend the refused lines and give the file again"
            : "give the same file again to go on; is Scoring running?");
    }
}
