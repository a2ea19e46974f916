using System.Collections.Frozen;

namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// Abbreviations that the field writes out as often as not, and spellings that differ by country. Written by hand, from general
/// knowledge; no product's own terms.
/// </summary>
internal static class Abbreviations
{
    /// <summary>The most words an abbreviation stands for.</summary>
    public const int LongestPhrase = 5;

    private static readonly string[] WrittenOut =
    [
        "sso|single sign on", "sso|single sign-on", "mfa|multi factor authentication", "mfa|multifactor authentication", "mfa|two factor authentication",
        "mfa|two step verification", "mfa|second factor", "rbac|role based access control", "rbac|role based access", "acl|access control list",
        "ad|active directory", "idp|identity provider", "vpn|virtual private network", "vnet|virtual network", "vpc|virtual private cloud",
        "k8s|kubernetes", "ci|continuous integration", "cd|continuous deployment", "cd|continuous delivery", "iac|infrastructure as code",
        "api|application programming interface", "sdk|software development kit", "cli|command line", "cli|command line interface", "gui|user interface",
        "gui|graphical user interface", "ui|user interface", "ide|development environment", "ux|user experience", "db|database", "vm|virtual machine",
        "os|operating system", "sla|service level agreement", "slo|service level objective", "rpo|recovery point objective", "rto|recovery time objective",
        "dr|disaster recovery", "ha|high availability", "dlp|data loss prevention", "byok|bring your own key", "cmk|customer managed key", "hsm|hardware security module",
        "kms|key management service", "pii|personal data", "pii|personally identifiable information", "gdpr|data protection regulation", "poc|proof of concept",
        "pr|pull request", "qa|quality assurance", "crm|customer relationship management", "erp|enterprise resource planning", "csv|comma separated values",
        "i18n|internationalization", "i18n|internationalisation", "l10n|localization", "l10n|localisation", "a11y|accessibility", "cdn|content delivery network",
        "lb|load balancer", "waf|web application firewall", "siem|security event management", "soc|security operations", "iot|internet of things",
        "onprem|on premises", "onprem|on premise", "onprem|on prem", "saas|software as a service", "ml|machine learning", "ai|artificial intelligence", "ocr|text recognition",
        "rls|row level security", "tls|transport layer security", "ssl|secure sockets layer", "fido|passkey", "regex|regular expression", "repo|repository",
        "config|configuration", "auth|authentication", "admin|administrator", "env|environment", "param|parameter", "perf|performance", "docs|documentation", "app|application",
        "signin|log in", "signin|login", "signin|logon", "signin|sign in", "signin|log on", "signin|sign on", "setup|set up", "dropdown|drop down", "checkbox|check box",
        "offline|air gapped", "offline|no internet", "offline|without internet", "readonly|read only", "realtime|real time", "username|user name", "email|e mail", "wifi|wi fi",
        "datacenter|data center", "datacenter|data centre", "filesystem|file system", "timezone|time zone", "color|colour", "behavior|behaviour", "center|centre",
        "license|licence", "catalog|catalogue", "gray|grey", "analyze|analyse", "favorite|favourite", "canceled|cancelled", "dialog|dialogue", "program|programme",
        "fiber|fibre", "modeling|modelling", "labeled|labelled",
    ];

    private static readonly FrozenDictionary<string, (string[] Before, string Short)[]> ByLastWord = WrittenOut
        .Select(line => line.Split('|'))
        .Select(parts => (Short: parts[0], Words: parts[1].Split(' ', '-')))
        .GroupBy(entry => entry.Words[^1], StringComparer.Ordinal)
        .ToFrozenDictionary(
            group => group.Key,
            group => group.Select(entry => (entry.Words[..^1], entry.Short)).OrderByDescending(entry => entry.Item1.Length).ToArray(),
            StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, (string[] Before, string Short)[]>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        ByLastWord.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>What the phrases that end in <paramref name="lastWord"/> (lower case) stand for, the longest phrase first.</summary>
    public static ReadOnlySpan<(string[] Before, string Short)> EndingIn(ReadOnlySpan<char> lastWord)
        => Lookup.TryGetValue(lastWord, out var found) ? found : [];
}
