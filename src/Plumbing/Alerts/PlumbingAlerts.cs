using System.Globalization;
using ContestPipeline.Contracts;

namespace ContestPipeline.Plumbing;

/// <summary>What people are told of every worker's runtime.</summary>
public static class PlumbingAlerts
{
    public static Alert ClockJumped(string key, TimeSpan behind, ClockJump? jump) => new Alert(
        key, AlertSeverity.Critical, "clock-jumped", Environment.MachineName,
        $"The clock of {Environment.MachineName} jumped by {jump?.By.TotalSeconds:F0} s at {jump?.At:u}; it is "
            + $"{behind.TotalSeconds:F0} s behind the time that passed within the process, which goes on by that.",
        "Find out what sets the clock (NTP, the host, a person). If it is right now, start the worker again, so that "
            + "it takes the clock's time; if it is wrong, set it right.");

    public static Alert AlertsParked(string key, string topic, string retry) => new Alert(
        key, AlertSeverity.Critical, "message-parked", topic,
        "alerts cannot be handled, nor can those that say so", $"Mend the cause, then for each key: {retry} KEY");

    public static Alert Parked(string key, string topic, string recordKey, string error, string retry) => new Alert(
        key, AlertSeverity.Critical, "message-parked", $"{topic} key {KeyName.Of(recordKey)}",
        error, $"Mend the cause, then: {retry} {KeyName.Word(recordKey)}");

    public static Alert MessageIdReused(string schema, Envelope envelope) => new Alert(
        $"message-id-reused/{schema}/{envelope.Topic}/{envelope.Partition}/{envelope.Offset}", AlertSeverity.Critical,
        "message-id-reused",
        $"{envelope.Topic} key {Rejection.Cut(envelope.Key)}",
        $"ce_id {Rejection.Cut(envelope.Headers.GetValueOrDefault(CloudEvents.Id))} of {Rejection.Cut(envelope.Source)} came "
            + $"before with another body",
        "Find out which producer gives one id to two messages; this one was not handled.");

    public static Alert DatabaseWentBack(WentBack lost, string done) => new Alert(
        WentBack.AlertOf(lost.Worker), AlertSeverity.Critical, "database-went-back", lost.Worker,
        $"{lost.Cause}. The records are read and handled again.{(done.Length > 0 ? $" {done}" : "")}",
        $"follow {WentBack.Runbook}: find out which database this is, and whether others went back as well");

    public static Alert JobKeepsFailing(string key, string schema, string name, Exception error) => new Alert(
        key, AlertSeverity.Critical, "job-keeps-failing", $"{schema} {name}",
        string.Create(CultureInfo.InvariantCulture,
            $"has not got through one round for more than {PollingLoop.Lasting.TotalMinutes} minutes, by trouble that should "
                + $"pass "
                + $"by itself: ")
        + $"{error.GetType().Name}: {error.Message}".Replace('\0', ' '),
        "It is tried again by itself, every few seconds. Mend what the cause names; the alert ends with the first "
            + "round that succeeds.");

    public static Alert JobFailed(string schema, string name, Exception error, DateTimeOffset now) => new Alert(
        $"job-failed/{schema}/{name}/{error.GetType().Name}/{now:yyyyMMdd}", AlertSeverity.Critical, "job-failed",
        $"{schema} {name}",
        $"{error.GetType().Name}: {error.Message}".Replace('\0', ' '),
        "It is tried again by itself; mend the cause it names.");
}
