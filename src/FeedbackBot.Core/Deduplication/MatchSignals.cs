namespace FeedbackBot.Core.Deduplication;

/// <summary>
/// What is measured between a query and a document; their places in an array of numbers. Those before <see cref="Lead"/>
/// order the candidates, all of them together say how sure the match is.
/// </summary>
internal enum MatchSignal
{
    /// <summary>BM25 of the whole query in the whole document, the title counted twice.</summary>
    All,

    /// <summary>BM25 of the query's title in the document's.</summary>
    TitleInTitle,

    /// <summary>BM25 of the query's title in the whole document.</summary>
    TitleInAll,

    /// <summary>BM25 of the whole query in the document's title.</summary>
    AllInTitle,

    /// <summary>The rarity of all shared terms, each once.</summary>
    Shared,

    /// <summary><see cref="All"/> as a share of the best candidate's, as are the next four.</summary>
    AllShare,
    TitleInTitleShare,
    TitleInAllShare,
    AllInTitleShare,
    SharedShare,

    /// <summary>Cosine of the terms by rarity, 0 to 1.</summary>
    Cosine,

    /// <summary>The same of the titles.</summary>
    TitleCosine,

    /// <summary>Cosine of pieces of three letters, 0 to 1.</summary>
    Pieces,

    /// <summary>The same of the titles.</summary>
    TitlePieces,

    /// <summary>How much of the query's rarity the document has, 0 to 1.</summary>
    QueryCovered,

    /// <summary>How much of the document's rarity the query has, 0 to 1.</summary>
    DocumentCovered,

    /// <summary>How much of the query's title the document lacks, 0 to 1.</summary>
    TitleMissing,

    /// <summary>How much of the document's title the query lacks, 0 to 1.</summary>
    DocumentTitleMissing,

    /// <summary>The rarest term of the query's title that the document lacks.</summary>
    RarestMissing,

    /// <summary>The rarest term of the document's title that the query lacks.</summary>
    RarestDocumentMissing,

    /// <summary>1 if both titles have the same prefix.</summary>
    SamePrefix,

    /// <summary>1 if both titles have a prefix, not the same.</summary>
    OtherPrefix,

    /// <summary>Logarithm of the number of the document's different terms.</summary>
    DocumentLength,

    /// <summary>Logarithm of the document's age in days, against the query.</summary>
    Age,

    /// <summary>Near 1 for a document of the same days, as are the next for longer times.</summary>
    SameDays,
    SameWeeks,
    SameYear,

    /// <summary>How far ahead of the best other candidate, or behind it.</summary>
    Lead,

    /// <summary>Logarithm of the candidate's share of all candidates' likelihood.</summary>
    LikelihoodShare,

    /// <summary>Logarithm of the number of the query's different terms.</summary>
    QueryLength,

    /// <summary>Logarithm of the number of documents in the index.</summary>
    StoreSize,
}
