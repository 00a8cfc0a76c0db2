"""Names in Arabic letters and a spelling that many passports have. Others are not guessed: short vowels are not written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_LINES: Final = """
محمد Mohammed, أحمد Ahmed, احمد Ahmed, محمود Mahmoud, علي Ali, حسن Hassan, حسين Hussein, عمر Omar, عثمان Othman, خالد Khaled
يوسف Yusuf, إبراهيم Ibrahim, ابراهيم Ibrahim, إسماعيل Ismail, اسماعيل Ismail, مصطفى Mustafa, كريم Karim, سعيد Said, سالم Salem
ناصر Nasser, سليمان Suleiman, داود Dawood, موسى Musa, عيسى Issa, يعقوب Yaqub, طارق Tariq, زياد Ziad, رامي Rami, سامي Sami
سمير Samir, نبيل Nabil, وليد Walid, ياسر Yasser, ماجد Majed, فيصل Faisal, فهد Fahad, حمزة Hamza, بلال Bilal, أنس Anas, أمين Amin
جمال Jamal, كمال Kamal, جابر Jaber, صالح Saleh, صلاح Salah, رشيد Rashid, راشد Rashid, حامد Hamed, عادل Adel, هاني Hani, هشام Hisham
فاطمة Fatima, عائشة Aisha, مريم Mariam, خديجة Khadija, زينب Zainab, سارة Sara, ليلى Layla, هدى Huda, نور Nour, سلمى Salma
رنا Rana, ريم Reem, أمينة Amina, امينة Amina, جميلة Jamila, كريمة Karima, سعاد Suad, سميرة Samira, نادية Nadia, هالة Hala
حنان Hanan, إيمان Iman, ايمان Iman, أسماء Asma, رقية Ruqaya, صفية Safia, نجمة Najma, ياسمين Yasmin, آمنة Amna, لينا Lina
حداد Haddad, أختر Akhtar, اختر Akhtar, خان Khan, حسيني Husseini, مصري Masri, العلي Al-Ali, الحسن Al-Hassan, الأحمد Al-Ahmad
المصري Al-Masri, السيد Al-Sayed, الخطيب Al-Khatib, عبدالله Abdullah, عبدالعزيز Abdulaziz
"""
KNOWN: Final[Mapping[str, str]] = {
    arabic: latin for arabic, _, latin in (pair.strip().partition(" ") for pair in _LINES.strip().replace("\n", ",").split(","))
}
