using ContestPipeline.Plumbing;

namespace ContestPipeline.Contestctl.Checks;

/// <summary>Does Kafka answer, and are the topics there as they are declared?</summary>
internal static class KafkaChecks
{
    public static async Task<IReadOnlyList<Finding>> All(Session session)
    {
        if (session.Settings.Optional("KAFKA_BOOTSTRAP_SERVERS") is null) return [];
        // told by SettingChecks
        if (TransportSecurity.Refusals(session.Settings, [OutgoingConnection.Broker, OutgoingConnection.BrokerTokens]).Count > 0)
            return [];
        KafkaSettings kafka;
        int brokers;
        try
        {
            kafka = KafkaSettings.From(session.Settings);
            brokers = BrokerCheck.Require(kafka).Brokers;
        }
        catch (SettingException e)
        {
            return [Finding.Failed("Kafka", e.Message, "start Kafka, or correct the address and the sign-in settings")];
        }

        using var admin = new TopicAdmin(kafka);
        var findings = new List<Finding>
        {
            brokers >= 3 || session.Settings.Optional("PIPELINE_ENVIRONMENT") != "live"
                ? Finding.Ok(
                    "Kafka", $"{brokers} {(brokers == 1 ? "broker answers" : "brokers answer")} at {kafka.BootstrapServers}")
                : Finding.Warning(
                    "Kafka", $"only {brokers} brokers: one lost disk loses messages", "run at least three brokers in live"),
        };
        IReadOnlyList<string> differences;
        try
        {
            differences = await admin.Compare();
        }
        catch (SettingException e)
        {
            findings.Add(Finding.Failed(
                "topics", e.Message, "ask again once the broker has a controller, with a user that may describe topics"));
            return findings;
        }

        findings.AddRange(differences.Select(d => Finding.Failed(
            "topics", d,
            d.EndsWith("does not exist", StringComparison.Ordinal)
                ? "run contestctl topics provision" : "correct the topic at the broker; contestctl changes no existing topic")));
        if (differences.Count == 0) findings.Add(Finding.Ok("topics", "all are there as declared"));
        return findings;
    }
}
